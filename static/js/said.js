// <said-window>: opens when its list has come, and closes when a judgment is chosen from it.

class SaidWindow extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.addEventListener("htmx:afterSettle", () => this.dialog.open || this.dialog.showModal());
    this.addEventListener("click", (event) => event.target.closest("a") && this.dialog.close());
  }
}

customElements.define("said-window", SaidWindow);
