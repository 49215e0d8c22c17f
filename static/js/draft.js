// <form-draft data-key="…"> inside a form: every change is in localStorage at once, and gone when the server has said
// that it is saved. What could not be sent is marked with its submission's id, and sent again after a reload too.
// Whoever draws from hidden fields of the form redraws on draft:restored.

const KEEP_MS = 7 * 24 * 3600 * 1000;
const PREFIX = "draft/";
const OWN_FIELDS = new Set(["csrfmiddlewaretoken", "assignment", "lease", "submission_id"]);

class FormDraft extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.key = PREFIX + this.dataset.key;
    forgetOld();
    this.restore();
    for (const name of ["input", "change"]) this.form.addEventListener(name, () => this.store());
    this.form.addEventListener("judge:unsaved", () => this.store(this.form.elements.submission_id.value));
    this.form.addEventListener("judge:saved", () => localStorage.removeItem(this.key));
  }

  /** Where the browser keeps nothing (no room, or forbidden) the page works on without drafts. */
  store(unsent) {
    const said = [...new FormData(this.form)].filter(([name]) => !OWN_FIELDS.has(name));
    try {
      localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), said, unsent }));
    } catch {
      localStorage.removeItem(this.key); // an older state of the form would be worse than none
    }
  }

  restore() {
    const stored = read(this.key);
    if (!stored || this.form.querySelector("error-summary")) return;
    for (const field of this.form.elements) {
      if (OWN_FIELDS.has(field.name) || !field.name) continue;
      const values = stored.said.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
    this.form.dispatchEvent(new Event("draft:restored", { bubbles: true }));
    if (!stored.unsent) return;
    this.form.elements.submission_id.value = stored.unsent;
    this.form.dispatchEvent(new Event("judge:resend"));
  }
}

function read(key) {
  try {
    const stored = JSON.parse(localStorage.getItem(key));
    return Array.isArray(stored?.said) ? stored : null;
  } catch {
    return null;
  }
}

function forgetOld() {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    if (!(Date.now() - read(key)?.at < KEEP_MS)) localStorage.removeItem(key);
  }
}

customElements.define("form-draft", FormDraft);
