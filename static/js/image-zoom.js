// <image-zoom>: a picture that can be enlarged and moved by keys, buttons, wheel, double click or dragging.

const STEP = 1.25;
const LARGEST = 12;
const MOVES = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const NAMES = { left: "ArrowLeft", right: "ArrowRight", up: "ArrowUp", down: "ArrowDown" };

class ImageZoom extends HTMLElement {
  connectedCallback() {
    this.view = this.querySelector(".zoom__view");
    this.image = this.querySelector("img");
    this.fit();
    this.addEventListener("click", (event) => this.press(event));
    this.view.addEventListener("keydown", (event) => this.key(event));
    this.view.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.view.addEventListener("dblclick", (event) => this.toggle(event));
    this.view.addEventListener("pointerdown", (event) => this.drag(event));
  }

  fit() {
    [this.scale, this.x, this.y] = [1, 0, 0];
    this.draw();
  }

  /** Zoom by `factor`, keeping the point at `x`, `y` (pixels from the middle of the view) where it is. */
  zoom(factor, x = 0, y = 0) {
    const scale = Math.min(LARGEST, Math.max(1, this.scale * factor));
    const change = scale / this.scale;
    this.x = x - (x - this.x) * change;
    this.y = y - (y - this.y) * change;
    this.scale = scale;
    this.draw();
  }

  move(name) {
    const [x, y] = MOVES[name];
    this.x += x * this.view.clientWidth * 0.15;
    this.y += y * this.view.clientHeight * 0.15;
    this.draw();
  }

  /** Keep the picture over the view and put both on the screen. */
  draw() {
    const room = (size) => (size * (this.scale - 1)) / 2;
    const within = (value, limit) => Math.min(limit, Math.max(-limit, value));
    this.x = within(this.x, room(this.view.clientWidth));
    this.y = within(this.y, room(this.view.clientHeight));
    this.image.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.view.classList.toggle("zoom__view--large", this.scale > 1);
    this.querySelector("[data-scale]").textContent = `${Math.round(this.scale * 100)}%`;
  }

  press(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const { zoom, move } = button.dataset;
    if (move) this.move(NAMES[move]);
    else if (zoom === "fit") this.fit();
    else this.zoom(zoom === "in" ? STEP : 1 / STEP);
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in MOVES && this.scale > 1) this.move(event.key);
    else if (event.key === "+" || event.key === "=") this.zoom(STEP);
    else if (event.key === "-" || event.key === "_") this.zoom(1 / STEP);
    else if (event.key === "0") this.fit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  wheel(event) {
    const larger = event.deltaY < 0;
    if (!larger && this.scale === 1) return; // let the page scroll on
    event.preventDefault();
    this.zoom(larger ? STEP : 1 / STEP, ...this.fromMiddle(event));
  }

  toggle(event) {
    if (this.scale > 1) this.fit();
    else this.zoom(2.5, ...this.fromMiddle(event));
  }

  drag(event) {
    if (this.scale === 1 || event.button !== 0) return;
    const [startX, startY] = [event.clientX - this.x, event.clientY - this.y];
    const move = (moved) => {
      [this.x, this.y] = [moved.clientX - startX, moved.clientY - startY];
      this.draw();
    };
    this.view.setPointerCapture(event.pointerId);
    this.view.addEventListener("pointermove", move);
    this.view.addEventListener("pointerup", () => this.view.removeEventListener("pointermove", move), { once: true });
    this.view.addEventListener("pointercancel", () => this.view.removeEventListener("pointermove", move), { once: true });
  }

  fromMiddle(event) {
    const box = this.view.getBoundingClientRect();
    return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
  }
}

customElements.define("image-zoom", ImageZoom);
