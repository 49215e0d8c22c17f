// <lease-keeper> inside the form: a heartbeat a minute while somebody works here; before the lease ends it shows itself
// as a warning with a button to go on. When there is nothing left to renew the form hears judge:lost, with the words.

const BEAT_S = 60;
const WARN_S = 120;
const ACTIVE_S = 300; // a heartbeat is sent while the person did something within this time

class LeaseKeeper extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.stop = new AbortController();
    this.extend(Number(this.dataset.secondsLeft));
    this.active = this.beaten = Date.now();
    for (const name of ["pointermove", "keydown", "scroll", "wheel"]) {
      document.addEventListener(name, () => (this.active = Date.now()), { signal: this.stop.signal, passive: true });
    }
    this.querySelector("button").addEventListener("click", () => this.renew());
    this.ticking = setInterval(() => this.tick(), 1000);
  }

  disconnectedCallback() {
    this.stop.abort();
    clearInterval(this.ticking);
  }

  tick() {
    const now = Date.now();
    const isWorking = now - this.active < ACTIVE_S * 1000 && document.visibilityState === "visible";
    if (isWorking && now - this.beaten >= BEAT_S * 1000) this.renew();
    this.hidden = this.ends - now > WARN_S * 1000;
  }

  async renew() {
    this.beaten = Date.now();
    const body = new FormData();
    body.set("lease", this.dataset.lease);
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    try {
      const response = await fetch(this.dataset.renew, { method: "POST", body });
      const answer = await response.json();
      if (response.ok) this.extend(answer.seconds);
      else this.lost(answer.message);
    } catch {
      // the network is gone: the next beat tries again, and the warning comes when the end is near
    }
  }

  extend(seconds) {
    this.ends = Date.now() + seconds * 1000;
  }

  lost(words) {
    clearInterval(this.ticking);
    this.hidden = true;
    this.form.dispatchEvent(new CustomEvent("judge:lost", { detail: words }));
  }
}

customElements.define("lease-keeper", LeaseKeeper);
