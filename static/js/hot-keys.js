// <hot-keys>: single keys for whatever on the page says data-key="KeyQ" (the code of the physical key, so that layouts
// don't matter). They sleep in text fields and while a window is open. In the window on `?` they can be switched off, and
// each can be moved to another key; both are kept in this browser. Where digits choose (a point of a scale, a kind of
// mistake) they are keys of their own, Point1 to Point0, which have first the places of the digits.

const OFF = "hot-keys-off";
const MOVED = "hot-keys";
const TYPING = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button], [type=submit])";
const POINTS = [..."1234567890"];
const MOVABLE = /^(Key[A-Z]|Digit\d|Bracket(Left|Right)|Semicolon|Quote|Comma|Period|Slash|Backslash|Backquote|Minus|Equal)$/;
const CAPS = { BracketLeft: "[", BracketRight: "]", Semicolon: ";", Quote: "'", Comma: ",", Period: ".", Slash: "/" };
Object.assign(CAPS, { Backslash: "\\", Backquote: "`", Minus: "-", Equal: "=", Backspace: "⌫" });

class HotKeys extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.box = this.querySelector("[data-hot-keys-on]");
    this.box.checked = localStorage.getItem(OFF) === null;
    this.box.addEventListener("change", () => this.keep());
    this.moved = new Map(Object.entries(JSON.parse(localStorage.getItem(MOVED)) ?? {}));
    this.dialog.addEventListener("click", (event) => this.choose(event.target.closest("[data-remap], [data-reset]")));
    this.dialog.addEventListener("keydown", (event) => this.take(event), { capture: true });
    this.dialog.addEventListener("close", () => this.wait(null));
    this.listeners = { keydown: (event) => this.key(event), click: (event) => this.click(event) };
    this.listeners["htmx:afterSwap"] = this.listeners["judge:shown"] = () => this.caption();
    for (const [name, listener] of Object.entries(this.listeners)) document.addEventListener(name, listener);
    this.caption();
  }

  disconnectedCallback() {
    for (const [name, listener] of Object.entries(this.listeners)) document.removeEventListener(name, listener);
  }

  keep() {
    if (this.box.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  }

  click(event) {
    if (event.target.closest?.(`[data-open="${this.dialog.id}"]`)) this.dialog.showModal();
  }

  key(event) {
    if (event.defaultPrevented || event.isComposing || event.altKey || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest?.(TYPING);
    if ((event.ctrlKey || event.metaKey) && event.code === "Enter") return this.press(event, "Enter");
    if (event.ctrlKey || event.metaKey || typing || !this.box.checked) return;
    if (event.key === "?") {
      event.preventDefault();
      this.dialog.showModal();
    } else if (event.shiftKey || this.hasItsOwnUse(event)) return;
    else if (!this.pointOut(event)) this.press(event, event.code.replace("Numpad", event.code === "NumpadEnter" ? "" : "Digit"));
  }

  /** Enter presses the button or follows the link that has the focus. */
  hasItsOwnUse(event) {
    return event.key === "Enter" && event.target.closest?.("a, button, summary");
  }

  /** In a question that a key leads to, a digit chooses by its place; 0 is the tenth. */
  pointOut(event) {
    const question = event.target.closest?.("[data-digits]");
    const place = POINTS.indexOf(this.digitOf(event));
    if (!question || place < 0 || event.code === this.codeOf(question.dataset.key)) return false;
    event.preventDefault();
    const choice = question.querySelectorAll("input")[place];
    choice?.focus();
    choice?.click();
    return true;
  }

  /** The digit that a key means where digits choose. */
  digitOf({ code }) {
    return POINTS.find((digit) => this.codeOf(`Point${digit}`) === code.replace("Numpad", "Digit"));
  }

  /** Several elements with the same key take turns. */
  press(event, code) {
    const all = [...document.querySelectorAll("[data-key]:not(:disabled)")];
    const own = all.filter((element) => this.codeOf(element.dataset.key) === code && element.checkVisibility());
    const target = own[(own.findIndex((element) => element.contains(document.activeElement)) + 1) % own.length];
    if (!target || event.repeat) return;
    event.preventDefault();
    if (target.matches("fieldset")) return (target.querySelector(":checked") ?? target.querySelector("input")).focus();
    target.focus();
    if (target.matches("a, button, summary, input")) target.click();
  }

  // Another key: the page goes on to say the first one in data-key, whatever it was moved to.

  codeOf(first) {
    return this.moved.get(first) ?? first.replace("Point", "Digit");
  }

  choose(button) {
    if (!button) return;
    this.wait("remap" in button.dataset ? button : null);
    if (!("reset" in button.dataset)) return;
    this.moved.clear();
    this.store();
  }

  wait(button) {
    this.waiting?.removeAttribute("aria-pressed");
    this.waiting = button;
    this.waiting?.setAttribute("aria-pressed", "true");
  }

  take(event) {
    if (!this.waiting || event.key === "Tab" || event.key === "Shift") return;
    event.preventDefault();
    event.stopPropagation();
    if (MOVABLE.test(event.code) && event.key !== "?") this.move(this.waiting.dataset.remap, event.code);
    else if (event.key !== "Escape") return;
    this.wait(null);
  }

  /** Whatever had the key before gets the one that is given up; points and all other keys don't meet. */
  move(first, code) {
    const buttons = [...this.querySelectorAll("[data-remap]")].map((button) => button.dataset.remap);
    const other = buttons.find((name) => this.codeOf(name) === code && name.startsWith("Point") === first.startsWith("Point"));
    if (other) this.moved.set(other, this.codeOf(first));
    this.moved.set(first, code);
    this.store();
  }

  store() {
    localStorage.setItem(MOVED, JSON.stringify(Object.fromEntries(this.moved)));
    this.caption();
  }

  /** What is printed on keys, wherever the page shows it. */
  caption() {
    for (const element of document.querySelectorAll("[data-key], [data-remap], [data-digit]")) {
      const { key, remap, digit } = element.dataset;
      const code = this.codeOf(key ?? remap ?? `Point${digit}`);
      const cap = CAPS[code] ?? code.replace(/^(Digit|Key)/, "");
      const place = (element.closest("label, a, button, summary") ?? element.querySelector("legend"))?.querySelector("kbd");
      if (place && place.textContent !== cap) place.textContent = cap;
      if (element.dataset.what) element.setAttribute("aria-label", `${element.dataset.what}: ${cap}`);
    }
  }
}

customElements.define("hot-keys", HotKeys);
