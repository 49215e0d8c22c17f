/**
 * <spec-editor> around a textarea: numbers its lines, and a link with `data-line` leads to that line.
 * Without this file the textarea and the list of problems work as they are.
 */
class SpecEditor extends HTMLElement {
  connectedCallback() {
    this.area = this.querySelector("textarea");
    this.addGutter();
    this.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-line]");
      if (!link) return;
      event.preventDefault();
      this.show(Number(link.dataset.line));
    });
  }

  addGutter() {
    const frame = document.createElement("div");
    frame.className = "spec-editor__lines";
    this.gutter = document.createElement("div");
    this.gutter.className = "spec-editor__gutter";
    this.gutter.setAttribute("aria-hidden", "true");
    this.area.before(frame);
    frame.append(this.gutter, this.area);
    this.area.addEventListener("input", () => this.number());
    this.area.addEventListener("scroll", () => this.follow());
    this.number();
  }

  number() {
    const count = this.area.value.split("\n").length;
    if (count === this.count) return;
    this.count = count;
    this.gutter.textContent = Array.from({ length: count }, (_, index) => index + 1).join("\n") + "\n\n\n";
    this.follow();
  }

  follow() {
    this.gutter.scrollTop = this.area.scrollTop;
  }

  show(line) {
    const lines = this.area.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    this.area.focus();
    this.area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    const height = this.area.scrollHeight / lines.length;
    this.area.scrollTop = Math.max(0, (line - 4) * height);
  }
}

customElements.define("spec-editor", SpecEditor);
