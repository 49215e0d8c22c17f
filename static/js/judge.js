// <judge-sheet>: one comparison. Sends the judgment until the server has it. The comparison after it is made ready
// beforehand, pictures and all, and shown as soon as the judgment is sent; <judgment-outbox> sees to the rest.
// Its form hears of it: judge:saved, judge:unsaved; and it listens to judge:resend and judge:lost (with words).

const RETRY_S = 5;
const BROKEN_RETRY_S = 60; // where the server is there, and fails
const AWAY = [502, 503, 504]; // what stands before the server says that there is none
const AFTER_PAINT_MS = 30;

let shown = false; // whether a sheet was on this page before: then the new one takes the focus

class JudgeSheet extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("#judge-form");
    this.since = performance.now();
    this.stop = new AbortController();
    // Once the sheet before is gone, so that the page is laid out once.
    if (shown) queueMicrotask(() => this.takeFocus());
    shown = true;
    this.outbox?.giveBack(this.form?.elements.assignment.value);
    if (!this.outbox?.waiting) this.outbox?.say("");
    if (!this.form) return this.on(this, "htmx:beforeRequest", (event) => this.look(event));
    // A sheet that goes with the focus in it has the browser lay out both, the old one and the new.
    this.on(this, "htmx:beforeSwap", () => document.activeElement?.blur());
    this.sendSafely();
    if (!this.outbox?.waiting) setTimeout(() => this.prepare(), AFTER_PAINT_MS);
  }

  takeFocus() {
    const mistakes = this.querySelector("error-summary");
    if (mistakes) mistakes.focus();
    else this.querySelector("h1")?.focus({ preventScroll: true });
  }

  get outbox() {
    return document.querySelector("judgment-outbox");
  }

  get isCorrecting() {
    return Boolean(this.form) && !this.querySelector("lease-keeper");
  }

  /** For the header X-Shown; empty where no comparison is handed out. */
  get shown() {
    const { assignment, lease } = this.form?.elements ?? {};
    return lease?.value ? `${assignment.value}/${lease.value}/${Math.round(performance.now() - this.since)}` : "";
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.retrying);
  }

  on(target, name, listener) {
    target.addEventListener(name, listener, { signal: this.stop.signal });
  }

  // htmx sends. When the server can't be reached the judgment stays as it is and is sent again by itself (the
  // submission's id stays the same, so nothing is counted twice); whatever else fails says so beside the form.

  sendSafely() {
    for (const form of this.querySelectorAll("form[hx-post]")) {
      this.on(form, "htmx:beforeRequest", () => this.waiting(form, true));
      this.on(form, "htmx:beforeOnLoad", (event) => this.answered(form, event.detail.xhr));
      this.on(form, "htmx:sendError", () => this.failed(form));
      this.on(form, "htmx:timeout", () => this.failed(form));
    }
    this.on(this.form, "htmx:confirm", (event) => this.passOn(event));
    this.on(this, "htmx:sendError", (event) => event.target.closest("form") || say(this.form, this.form.dataset.unreachable));
    this.on(this.form, "judge:lost", (event) => say(this.form, event.detail));
    this.on(this.form, "judge:resend", () => {
      this.unsaved = true;
      // Until htmx knows the form the browser would send it, and leave the page.
      this.on(document, "htmx:load", (event) => event.target.contains(this.form) && this.retry());
    });
    this.on(this.form, "input", () => this.unsaved && this.isAnother());
    this.on(window, "online", () => this.retry());
    this.on(window, "beforeunload", (event) => this.unsaved && event.preventDefault());
  }

  /** For a comparison, where none was left; a page that nobody looks at would keep it from others. */
  look(event) {
    if (document.hidden && event.detail.elt.matches("[hx-trigger]")) event.preventDefault();
  }

  waiting(form, is) {
    const button = form.querySelector("button[type=submit]");
    button.setAttribute("aria-disabled", String(is));
    button.setAttribute("aria-busy", String(is));
    document.querySelector("#judge-said").textContent = (is && form.dataset.saving) || "";
  }

  answered(form, xhr) {
    this.waiting(form, false);
    if (xhr.status >= 500) return this.failed(form, !AWAY.includes(xhr.status));
    if (form === this.form) this.unsaved = false;
    if (xhr.status >= 400 && xhr.status !== 422) say(form, messageOf(xhr) || form.dataset.refused);
    else if (xhr.status < 300 && !xhr.getResponseHeader("HX-Redirect")) this.form.dispatchEvent(new Event("judge:saved"));
  }

  /** What is changed after it was sent is another judgment: the server may have got the first, and its answer was lost. */
  isAnother() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    this.form.elements.submission_id.value = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  failed(form, isBroken = false) {
    this.waiting(form, false);
    say(form, (isBroken && form.dataset.broken) || form.dataset.unsaved);
    if (form !== this.form) return;
    this.unsaved = true;
    form.dispatchEvent(new Event("judge:unsaved"));
    clearTimeout(this.retrying);
    this.retrying = setTimeout(() => this.retry(), (isBroken ? BROKEN_RETRY_S : RETRY_S) * 1000);
  }

  retry() {
    clearTimeout(this.retrying);
    if (!this.unsaved || !this.isConnected) return;
    this.form.requestSubmit(this.form.querySelector("button[type=submit]"));
  }

  /** The server holds the comparison after this one for us. Its pictures load while it is out of sight. */
  async prepare() {
    if (!this.dataset.ahead || !this.isConnected) return;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    const response = await fetch(this.dataset.ahead, { method: "POST", body }).catch(() => null);
    if (!response?.ok || response.redirected) return; // it will come with the answer to the judgment
    const { sheet, at_once } = await response.json();
    const place = document.createElement("div");
    place.innerHTML = sheet;
    const pictures = [...place.querySelectorAll("img")];
    await Promise.allSettled(pictures.map((image) => image.decode())); // one that is gone will be missing later, too
    this.loaded = place; // pictures stay loaded while somebody knows them
    if (!at_once) return;
    htmx.process(place);
    this.next = place.firstElementChild;
  }

  /** With the next comparison at hand nobody waits for the server. While a judgment before this one is on its way, this
   * one waits for it. */
  passOn(event) {
    if (this.outbox.waiting) {
      event.preventDefault();
      this.unsaved = true;
      this.form.dispatchEvent(new Event("judge:unsaved"));
      if (this.outbox.hidden) this.waiting(this.form, true);
      else say(this.form, this.form.dataset.unsaved);
    } else if (this.next) {
      event.preventDefault();
      document.activeElement?.blur(); // says its change first
      this.form.dispatchEvent(new Event("judge:unsaved"));
      this.outbox.send(this.form);
      this.replaceWith(this.next);
      document.dispatchEvent(new Event("judge:shown"));
      scrollTo(0, 0);
    }
  }

  /** The judgment before this one has arrived. */
  goOn() {
    this.querySelector("lease-keeper")?.extend(Number(this.querySelector("#sheet-past").dataset.secondsLeft));
    this.passBy();
  }

  /** The judgment before this one waits aside, or has arrived: this one need not wait for it. */
  passBy() {
    this.prepare();
    this.retry();
  }
}

function say(form, words) {
  const place = form.querySelector("[data-trouble]");
  if (place.textContent !== words) place.textContent = words; // or it would be read out at every try
  place.hidden = false;
}

function messageOf(xhr) {
  const isJson = xhr.getResponseHeader("Content-Type")?.startsWith("application/json");
  return isJson ? JSON.parse(xhr.responseText).message : "";
}

customElements.define("judge-sheet", JudgeSheet);
