// <hot-keys>: single keys for whatever on the page says data-key="KeyQ" (the code of the physical key, so that layouts
// don't matter). They sleep in text fields and while a window is open, and can be switched off in the window on `?`.

const STORED = "hot-keys-off";
const TYPING = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button], [type=submit])";

class HotKeys extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.box = this.querySelector("[data-hot-keys-on]");
    this.box.checked = localStorage.getItem(STORED) === null;
    this.box.addEventListener("change", () => this.keep());
    this.listeners = { keydown: (event) => this.key(event), click: (event) => this.click(event) };
    for (const [name, listener] of Object.entries(this.listeners)) document.addEventListener(name, listener);
  }

  disconnectedCallback() {
    for (const [name, listener] of Object.entries(this.listeners)) document.removeEventListener(name, listener);
  }

  keep() {
    if (this.box.checked) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, "1");
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
    else this.press(event, event.code.replace("Numpad", event.code === "NumpadEnter" ? "" : "Digit"));
  }

  /** Enter presses the button or follows the link that has the focus. */
  hasItsOwnUse(event) {
    return event.key === "Enter" && event.target.closest?.("a, button, summary");
  }

  press(event, code) {
    const target = document.querySelector(`[data-key="${CSS.escape(code)}"]:not(:disabled)`);
    if (!target || event.repeat) return;
    event.preventDefault();
    target.focus();
    if (target.matches("a, button, summary, input")) target.click();
  }
}

customElements.define("hot-keys", HotKeys);
