// Small shared elements. Their words come from data attributes, so that templates stay the only place with text.

/** <pop-menu><details class="menu">…</details></pop-menu>: closes on Escape and on a press outside. */
class PopMenu extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.details.open) return;
      this.details.open = false;
      this.details.querySelector("summary").focus();
    });
    this.outside = (event) => {
      if (!this.contains(event.target)) this.details.open = false;
    };
    document.addEventListener("pointerdown", this.outside);
  }

  disconnectedCallback() {
    document.removeEventListener("pointerdown", this.outside);
  }

  get details() {
    return this.querySelector("details");
  }
}

/** <copy-field data-copied="Copied">: its button copies the value of its input and says so in its <output>. */
class CopyField extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => this.copy());
  }

  async copy() {
    const input = this.querySelector("input");
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
    } catch {
      document.execCommand("copy"); // plain http, where the clipboard interface is missing
    }
    this.querySelector("output").textContent = this.dataset.copied;
  }
}

/** <error-summary tabindex="-1">: takes the focus when the page comes back with mistakes. */
class ErrorSummary extends HTMLElement {
  connectedCallback() {
    this.focus();
  }
}

customElements.define("pop-menu", PopMenu);
customElements.define("copy-field", CopyField);
customElements.define("error-summary", ErrorSummary);
