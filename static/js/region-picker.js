// <region-picker>: a rectangle of a picture, by number fields or drawn with a pointer on the picture itself.
// Its value: {picture, left, top, width, height} in thousandths of the picture, or null.

const SIDES = ["left", "top", "width", "height"];
const FIRST = { picture: 1, left: 250, top: 250, width: 500, height: 500 };

class RegionPicker extends HTMLElement {
  connectedCallback() {
    this.details = this.querySelector("details");
    this.fields = Object.fromEntries(SIDES.map((side) => [side, this.querySelector(`[data-side=${side}]`)]));
    this.picture = this.querySelector("[data-picture]");
    this.stop = new AbortController();
    const listen = { signal: this.stop.signal };
    this.details.addEventListener("toggle", () => this.toggle(), listen);
    this.addEventListener("input", () => this.typed(), listen);
    this.querySelector("[data-clear]").addEventListener("click", () => this.clear(), listen);
    document.addEventListener("pointerdown", (event) => this.begin(event), { ...listen, capture: true });
  }

  disconnectedCallback() {
    this.stop.abort();
    this.hide();
  }

  get value() {
    return this.region ?? null;
  }

  set value(region) {
    this.region = region ?? null;
    this.details.open = Boolean(region);
    this.show();
  }

  get views() {
    return [...document.querySelectorAll(".zoom__view")];
  }

  toggle() {
    document.documentElement.classList.toggle("picking", this.details.open);
    if (this.details.open && !this.region) this.region = { ...FIRST };
    this.show();
    if (this.details.open) this.details.scrollIntoView({ block: "nearest" }); // its numbers, not only its title
  }

  clear() {
    this.value = null;
    this.details.querySelector("summary").focus();
  }

  typed() {
    const said = (side) => Math.round(Number(this.fields[side].value) * 10) || 0;
    const within = (value, low, high) => Math.min(high, Math.max(low, value));
    const [left, top] = [within(said("left"), 0, 990), within(said("top"), 0, 990)];
    const picture = Number(this.picture?.value ?? 1);
    this.region = { picture, left, top, width: within(said("width"), 10, 1000 - left), height: within(said("height"), 10, 1000 - top) };
    this.place();
  }

  /** The fields and the box say what the region is. */
  show() {
    if (this.region) {
      for (const side of SIDES) this.fields[side].value = Math.round(this.region[side] / 10);
      if (this.picture) this.picture.value = this.region.picture;
    }
    if (this.details.open && this.region) this.place();
    else this.hide();
  }

  hide() {
    document.documentElement.classList.remove("picking");
    cancelAnimationFrame(this.drawing);
    this.box?.remove();
    this.box = null;
  }

  /** The box follows the picture, however it is zoomed or moved. */
  place() {
    cancelAnimationFrame(this.drawing);
    const view = this.views[this.region.picture - 1];
    if (!view) return;
    this.box ??= Object.assign(document.createElement("div"), { className: "region" });
    if (this.box.parentNode !== view) view.append(this.box);
    const [frame, picture] = [view.getBoundingClientRect(), shownBox(view.querySelector("img"))];
    const { left, top, width, height } = this.region;
    this.box.style.left = `${picture.left - frame.left + (left / 1000) * picture.width}px`;
    this.box.style.top = `${picture.top - frame.top + (top / 1000) * picture.height}px`;
    this.box.style.width = `${(width / 1000) * picture.width}px`;
    this.box.style.height = `${(height / 1000) * picture.height}px`;
    this.drawing = requestAnimationFrame(() => this.place());
  }

  /** While the fields are open a press on a picture draws, instead of moving the picture. */
  begin(event) {
    const view = event.target.closest?.(".zoom__view");
    if (!view || !this.details.open || !event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    const picture = this.views.indexOf(view) + 1;
    const start = pointIn(view, event);
    const drawn = (moved) => {
      const end = pointIn(view, moved);
      const [left, top] = [Math.min(start.x, end.x, 990), Math.min(start.y, end.y, 990)];
      const width = Math.max(10, Math.min(1000 - left, Math.abs(end.x - start.x)));
      this.region = { picture, left, top, width, height: Math.max(10, Math.min(1000 - top, Math.abs(end.y - start.y))) };
      this.show();
    };
    const drawing = new AbortController();
    document.addEventListener("pointermove", drawn, { signal: drawing.signal });
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => drawing.abort(), { signal: drawing.signal });
  }
}

/** Where the picture itself is on the screen: its element is as large as the view, and the picture fits in (contain). */
function shownBox(image) {
  const box = image.getBoundingClientRect();
  const fit = Math.min(box.width / image.naturalWidth, box.height / image.naturalHeight) || 1;
  const [width, height] = [image.naturalWidth * fit, image.naturalHeight * fit];
  return { left: box.left + (box.width - width) / 2, top: box.top + (box.height - height) / 2, width, height };
}

function pointIn(view, event) {
  const box = shownBox(view.querySelector("img"));
  const part = (at, from, size) => Math.round(Math.min(1, Math.max(0, (at - from) / size)) * 100) * 10;
  return { x: part(event.clientX, box.left, box.width), y: part(event.clientY, box.top, box.height) };
}

customElements.define("region-picker", RegionPicker);
