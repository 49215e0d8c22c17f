// <judgment-outbox>: a judgment on its way while the comparison after it is on the screen already. It is sent until the
// server has answered, always with the same submission's id, so nothing is counted twice; the notice it is itself says
// when that fails. The draft keeps the judgment meanwhile, across a reload too.

const RETRY_S = 5;
const TIMEOUT_MS = 15_000;

class JudgmentOutbox extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    window.addEventListener("online", () => this.post(), { signal: this.stop.signal });
    window.addEventListener("beforeunload", (event) => this.waiting && event.preventDefault(), { signal: this.stop.signal });
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.retrying);
  }

  /** `sheet` is what is shown instead of the form. */
  send(form, sheet) {
    const { assignment, lease } = sheet.querySelector("#judge-form").elements;
    const body = new URLSearchParams(new FormData(form));
    this.waiting = { form, body, shown: `${assignment.value}/${lease.value}`, since: performance.now() };
    this.say("");
    document.querySelector("#judge-said").textContent = form.dataset.saving;
    this.post();
  }

  async post() {
    clearTimeout(this.retrying);
    if (!this.waiting || this.posting) return;
    this.posting = true;
    const answer = await this.answer().catch(() => null);
    this.posting = false;
    if (!answer || answer.status >= 500) return this.failed();
    if (answer.redirect) return this.leaveFor(answer.redirect);
    this.settle(answer);
  }

  async answer() {
    const { form, body, shown, since } = this.waiting;
    const headers = { "HX-Request": "true", "HX-Current-URL": location.href, "X-Shown": `${shown}/${Math.round(performance.now() - since)}` };
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

  settle({ status, target, html, words }) {
    const { form } = this.waiting;
    delete this.waiting;
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

  say(words) {
    if (this.textContent !== words) this.textContent = words; // or it would be read out at every try
    this.hidden = !words;
  }
}

customElements.define("judgment-outbox", JudgmentOutbox);
