// <judgment-outbox>: a judgment on its way while the comparison after it is on the screen already. It is sent until the
// server has answered, always with the same submission's id, so nothing is counted twice; the notice it is itself says
// when that fails. One that the server fails at again and again is put aside, so that others go through. The draft keeps
// the judgment meanwhile, across a reload too.

const RETRY_S = 5;
const ASIDE_S = 60;
const TRIES = 2; // until a judgment that the server fails at is put aside
const TIMEOUT_MS = 15_000;
const AFTER_PAINT_MS = 30; // the next comparison comes first
const AWAY = [502, 503, 504]; // what stands before the server says that there is none

class JudgmentOutbox extends HTMLElement {
  connectedCallback() {
    this.aside = [];
    this.failures = new Map(); // by the place of a comparison
    this.words = this.querySelector("[data-words]");
    this.button = this.querySelector("button");
    this.stop = new AbortController();
    const listen = { signal: this.stop.signal };
    this.button.addEventListener("click", () => this.again(), listen);
    window.addEventListener("online", () => (this.waiting ? this.post() : this.again()), listen);
    window.addEventListener("beforeunload", (event) => (this.waiting || this.aside.length) && event.preventDefault(), listen);
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.retrying);
    clearTimeout(this.asking);
  }

  /** What is shown instead of the form is on the screen right after. */
  send(form) {
    this.waiting = { form, body: new URLSearchParams(new FormData(form)) };
    this.say("");
    document.querySelector("#judge-said").textContent = form.dataset.saving;
    setTimeout(() => this.post(), AFTER_PAINT_MS);
  }

  async post() {
    clearTimeout(this.retrying);
    if (!this.waiting || this.posting) return;
    this.posting = true;
    const answer = await this.answer().catch(() => null);
    this.posting = false;
    if (!answer || AWAY.includes(answer.status)) return this.failed();
    if (answer.status >= 500) return this.broken();
    if (answer.redirect) return this.leaveFor(answer.redirect);
    this.settle(answer);
  }

  async answer() {
    const { form, body } = this.waiting;
    const headers = { "HX-Request": "true", "HX-Current-URL": location.href, "X-Shown": document.querySelector("judge-sheet").shown };
    const response = await fetch(form.action, { method: "POST", body, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const said = (name) => response.headers.get(name);
    const isJson = said("Content-Type")?.startsWith("application/json");
    const html = await response.text();
    const words = isJson && JSON.parse(html).message;
    return { status: response.status, redirect: said("HX-Redirect"), target: said("HX-Retarget"), html, words };
  }

  /** The session has ended. Drafts keep everything, so nobody is asked whether to stay. */
  leaveFor(address) {
    this.stop.abort();
    document.querySelector("judge-sheet").unsaved = false;
    location.assign(address);
  }

  failed() {
    this.say(this.dataset.unsaved);
    this.retrying = setTimeout(() => this.post(), RETRY_S * 1000);
  }

  /** The server is there and fails: after some tries the others need not wait for this one. */
  broken() {
    const place = placeOf(this.waiting);
    this.failures.set(place, (this.failures.get(place) ?? 0) + 1);
    if (this.failures.get(place) < TRIES) return this.failed();
    this.aside.push(this.waiting);
    delete this.waiting;
    this.askLater();
    this.say("");
    document.querySelector("judge-sheet").passBy();
  }

  /** Whatever was put aside is tried once more, one after the other. */
  again() {
    if (!this.waiting && this.aside.length && !document.querySelector("judge-sheet").isCorrecting) {
      this.waiting = this.aside.shift();
      this.post();
    } else this.askLater();
  }

  askLater() {
    clearTimeout(this.asking);
    if (this.aside.length) this.asking = setTimeout(() => this.again(), ASIDE_S * 1000);
  }

  /** The comparison of this place is on the screen again, with what was said: from now on its form sends it. */
  giveBack(place) {
    this.aside = this.aside.filter((one) => placeOf(one) !== place);
  }

  settle({ status, target, html, words }) {
    const { form } = this.waiting;
    this.failures.delete(placeOf(this.waiting));
    delete this.waiting;
    this.askLater();
    if (status >= 400 && status !== 422) return this.refused(words || form.dataset.refused);
    if (status < 300) form.dispatchEvent(new Event("judge:saved"));
    this.say("");
    if (!target) document.activeElement?.blur();
    const toTop = status === 422 || target ? {} : { show: "top", showTarget: "window" };
    htmx.swap(target ?? "#sheet", html, { swapStyle: "outerHTML", ...toTop });
    if (target) document.querySelector("judge-sheet").goOn();
  }

  /** Its draft sends it again when the server shows it once more; the judgment that waited for it waits no longer. */
  refused(words) {
    this.say(words);
    document.querySelector("judge-sheet").retry();
  }

  say(trouble) {
    const words = trouble || (this.aside.length ? this.dataset.aside : "");
    if (this.words.textContent !== words) this.words.textContent = words; // or it would be read out at every try
    this.button.hidden = Boolean(trouble);
    this.hidden = !words;
  }
}

function placeOf({ body }) {
  return body.get("assignment");
}

customElements.define("judgment-outbox", JudgmentOutbox);
