// <image-zoom>: a picture that can be enlarged and moved by keys, buttons, wheel, pinch, double click or dragging.
// <picture-set>: several of them; with its box checked what is done to one is done to all.

const STEP = 1.25;
const LARGEST = 12;
const MOVES = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const NAMES = { left: "ArrowLeft", right: "ArrowRight", up: "ArrowUp", down: "ArrowDown" };

class ImageZoom extends HTMLElement {
  connectedCallback() {
    this.view = this.querySelector(".zoom__view");
    this.image = this.querySelector("img");
    this.pointers = new Map();
    [this.scale, this.x, this.y] = [1, 0, 0];
    this.addEventListener("click", (event) => this.press(event));
    this.view.addEventListener("keydown", (event) => this.key(event));
    this.view.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.view.addEventListener("dblclick", (event) => this.toggle(event));
    this.view.addEventListener("pointerdown", (event) => this.touch(event));
    this.view.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) {
      this.view.addEventListener(name, (event) => this.pointers.delete(event.pointerId));
    }
  }

  fit() {
    [this.scale, this.x, this.y] = [1, 0, 0];
    this.tell();
  }

  /** Zoom by `factor`, keeping the point at `x`, `y` (pixels from the middle of the view) where it is. */
  zoom(factor, x = 0, y = 0) {
    const scale = Math.min(LARGEST, Math.max(1, this.scale * factor));
    const change = scale / this.scale;
    this.x = x - (x - this.x) * change;
    this.y = y - (y - this.y) * change;
    this.scale = scale;
    this.tell();
  }

  move(name) {
    const [x, y] = MOVES[name];
    this.x += x * this.view.clientWidth * 0.15;
    this.y += y * this.view.clientHeight * 0.15;
    this.tell();
  }

  /** Show the same part of this picture: `x` and `y` in parts of the view. */
  place({ scale, x, y }) {
    [this.scale, this.x, this.y] = [scale, x * this.view.clientWidth, y * this.view.clientHeight];
    this.draw();
  }

  tell() {
    this.draw();
    const detail = { scale: this.scale, x: this.x / this.view.clientWidth, y: this.y / this.view.clientHeight };
    this.dispatchEvent(new CustomEvent("zoom:moved", { detail, bubbles: true }));
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

  /** A wheel turns in steps; two fingers on a touchpad come as a wheel with Ctrl, in small steps. A picture that is
   * neither enlarged nor chosen by a press lets the page scroll on. */
  wheel(event) {
    const isChosen = event.ctrlKey || this.scale > 1 || (this.view.matches(":focus") && event.deltaY < 0);
    if (!isChosen) return;
    event.preventDefault();
    const turned = Math.max(-100, Math.min(100, event.deltaY));
    this.zoom(Math.exp(-turned * (event.ctrlKey ? 0.01 : 0.0022)), ...this.fromMiddle(event));
  }

  toggle(event) {
    if (this.scale > 1) this.fit();
    else this.zoom(2.5, ...this.fromMiddle(event));
  }

  touch(event) {
    if (event.button !== 0) return;
    this.pointers.set(event.pointerId, this.fromMiddle(event));
    if (this.scale > 1 || this.pointers.size > 1) this.view.setPointerCapture(event.pointerId);
  }

  /** One pointer moves an enlarged picture, two also pinch it. */
  drag(event) {
    if (!this.pointers.has(event.pointerId)) return;
    const before = gesture([...this.pointers.values()]);
    this.pointers.set(event.pointerId, this.fromMiddle(event));
    const after = gesture([...this.pointers.values()]);
    if (this.scale === 1 && this.pointers.size < 2) return;
    this.x += after.x - before.x;
    this.y += after.y - before.y;
    this.zoom(before.spread ? after.spread / before.spread : 1, after.x, after.y);
  }

  fromMiddle(event) {
    const box = this.view.getBoundingClientRect();
    return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
  }
}

class PictureSet extends HTMLElement {
  connectedCallback() {
    const label = this.querySelector("[data-together]");
    if (!label) return;
    label.hidden = false;
    this.addEventListener("zoom:moved", (event) => {
      if (!label.querySelector("input").checked) return;
      for (const other of this.querySelectorAll("image-zoom")) if (other !== event.target) other.place(event.detail);
    });
  }
}

function gesture(points) {
  const [x, y] = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
  return { x, y, spread: points.length > 1 ? Math.hypot(points[0][0] - points[1][0], points[0][1] - points[1][1]) : 0 };
}

customElements.define("image-zoom", ImageZoom);
customElements.define("picture-set", PictureSet);
