// <judge-sheet>: one comparison. Keeps a draft in the browser, the lease alive, and the judgment until it is saved.

const BEAT_S = 60;
const WARN_S = 120;
const ACTIVE_S = 300; // a heartbeat is sent while the person did something within this time
const RETRY_S = 5;
const KEEP_DRAFTS_MS = 7 * 24 * 3600 * 1000;
const PREFIX = "draft/";
const OWN_FIELDS = new Set(["csrfmiddlewaretoken", "assignment", "lease", "submission_id"]);

let shown = false; // whether a sheet was on this page before: then the new one takes the focus
const preloaded = [];

class JudgeSheet extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("#judge-form");
    this.stop = new AbortController();
    if (shown) this.querySelector("h1")?.focus({ preventScroll: true });
    shown = true;
    if (!this.form) return;
    this.keepDraft();
    this.keepLease();
    this.sendSafely();
    this.preload();
  }

  disconnectedCallback() {
    this.stop.abort();
    clearInterval(this.ticking);
    clearTimeout(this.retrying);
  }

  on(target, name, listener) {
    target.addEventListener(name, listener, { signal: this.stop.signal });
  }

  // Draft: every change is in localStorage at once; gone when the server has said that the judgment is saved.

  keepDraft() {
    this.key = this.dataset.draft && `${PREFIX}${this.dataset.draft}`;
    if (!this.key) return;
    forgetOldDrafts();
    this.restore();
    this.on(this.form, "input", () => this.store());
    this.on(this.form, "change", () => this.store());
  }

  store() {
    const said = [...new FormData(this.form)].filter(([name]) => !OWN_FIELDS.has(name));
    localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), said: Object.fromEntries(said) }));
  }

  restore() {
    const stored = localStorage.getItem(this.key);
    if (!stored || this.form.querySelector("error-summary")) return;
    for (const [name, value] of Object.entries(JSON.parse(stored).said)) {
      const field = this.form.elements[name];
      if (field) field.value = value;
    }
  }

  // Lease: a heartbeat a minute while somebody works here, a warning before the end, a button to go on.

  keepLease() {
    if (!this.dataset.renew) return;
    this.warning = this.querySelector("[data-lease-warning]");
    this.ends = Date.now() + Number(this.dataset.secondsLeft) * 1000;
    this.active = this.beaten = Date.now();
    for (const name of ["pointermove", "keydown", "scroll", "wheel"]) {
      this.on(document, name, () => (this.active = Date.now()));
    }
    this.on(this.querySelector("[data-renew-now]"), "click", () => this.renew());
    this.ticking = setInterval(() => this.tick(), 1000);
  }

  tick() {
    const now = Date.now();
    const isWorking = now - this.active < ACTIVE_S * 1000 && document.visibilityState === "visible";
    if (isWorking && now - this.beaten >= BEAT_S * 1000) this.renew();
    this.warning.hidden = this.ends - now > WARN_S * 1000;
  }

  async renew() {
    this.beaten = Date.now();
    const body = new FormData();
    body.set("lease", this.dataset.lease);
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    try {
      const response = await fetch(this.dataset.renew, { method: "POST", body });
      const answer = await response.json();
      if (response.ok) this.ends = Date.now() + answer.seconds * 1000;
      else this.lost(answer.message);
    } catch {
      // the network is gone: the next beat tries again, and the warning comes when the end is near
    }
  }

  lost(words) {
    clearInterval(this.ticking);
    this.warning.hidden = true;
    say(this.form, words);
  }

  // Sending: htmx does it. When the server can't be reached the judgment stays as it is and is sent again by itself (the
  // submission's id stays the same, so nothing is counted twice); whatever else fails says so beside the form.

  sendSafely() {
    for (const form of this.querySelectorAll("form[hx-post]")) {
      this.on(form, "htmx:beforeRequest", () => this.waiting(form, true));
      this.on(form, "htmx:beforeOnLoad", (event) => this.answered(form, event.detail.xhr));
      this.on(form, "htmx:sendError", () => this.failed(form));
      this.on(form, "htmx:timeout", () => this.failed(form));
    }
    this.on(window, "online", () => this.retry());
  }

  waiting(form, is) {
    const button = form.querySelector("button[type=submit]");
    button.setAttribute("aria-disabled", String(is));
    button.setAttribute("aria-busy", String(is));
    document.querySelector("#judge-said").textContent = (is && form.dataset.saving) || "";
  }

  answered(form, xhr) {
    this.waiting(form, false);
    if (xhr.status >= 500) this.failed(form);
    else if (xhr.status >= 400 && xhr.status !== 422) say(form, messageOf(xhr) || form.dataset.refused);
    else if (xhr.status < 300 && !xhr.getResponseHeader("HX-Redirect")) this.forgetDraft();
  }

  failed(form) {
    this.waiting(form, false);
    say(form, form.dataset.unsaved);
    if (form !== this.form) return;
    this.unsaved = true;
    this.retrying = setTimeout(() => this.retry(), RETRY_S * 1000);
  }

  forgetDraft() {
    if (this.key) localStorage.removeItem(this.key);
  }

  retry() {
    clearTimeout(this.retrying);
    if (!this.unsaved || !this.isConnected) return;
    this.unsaved = false;
    this.form.requestSubmit(this.form.querySelector("button[type=submit]"));
  }

  preload() {
    for (const address of this.dataset.preload.split(" ").filter(Boolean)) {
      const image = new Image();
      image.src = address;
      preloaded.push(image);
    }
    preloaded.splice(0, preloaded.length - 20);
  }
}

function say(form, words) {
  const place = form.querySelector("[data-trouble]");
  place.textContent = words;
  place.hidden = false;
}

function messageOf(xhr) {
  const isJson = xhr.getResponseHeader("Content-Type")?.startsWith("application/json");
  return isJson ? JSON.parse(xhr.responseText).message : "";
}

function forgetOldDrafts() {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    if (Date.now() - JSON.parse(localStorage.getItem(key)).at > KEEP_DRAFTS_MS) localStorage.removeItem(key);
  }
}

customElements.define("judge-sheet", JudgeSheet);
