// <answer-pair>: scrolls both answers together, underlines what differs, and on a phone goes from one to the other.
// What is switched on stays so for the next comparison, in this browser.

const STORED = "answers/";

class AnswerPair extends HTMLElement {
  connectedCallback() {
    this.sides = [...this.querySelectorAll(".said")];
    this.switches = [...this.querySelectorAll(".answers__switch a")];
    this.switches.forEach((link, number) => link.addEventListener("click", (event) => this.go(event, number)));
    this.watchWhichIsSeen();
    for (const button of this.querySelectorAll("[data-tool]")) this.offer(button);
    for (const side of this.sides) side.addEventListener("scroll", () => this.follow(side), { passive: true });
  }

  disconnectedCallback() {
    this.watching.disconnect();
  }

  offer(button) {
    const { tool } = button.dataset;
    if (tool === "differences" && !globalThis.CSS?.highlights) return;
    button.hidden = false;
    button.addEventListener("click", () => this.set(button, button.getAttribute("aria-pressed") !== "true"));
    if (localStorage.getItem(STORED + tool)) this.set(button, true);
  }

  set(button, on) {
    const { tool } = button.dataset;
    button.setAttribute("aria-pressed", String(on));
    if (on) localStorage.setItem(STORED + tool, "1");
    else localStorage.removeItem(STORED + tool);
    if (tool === "differences") this.mark(on);
    else this.together = on;
  }

  mark(on) {
    this.dispatchEvent(new CustomEvent("answers:compare", { detail: { on, sides: this.sides }, bubbles: true }));
  }

  /** The other side goes as far, in parts of its own length. What was scrolled by this does not scroll back. */
  follow(side) {
    if (!this.together || this.led === side) return (this.led = null);
    const other = this.sides.find((one) => one !== side);
    const part = side.scrollTop / Math.max(1, side.scrollHeight - side.clientHeight);
    const to = Math.round(part * (other.scrollHeight - other.clientHeight));
    if (to === Math.round(other.scrollTop)) return;
    this.led = other;
    other.scrollTop = to;
  }

  // On a phone the answers lie beside each other: a swipe is the browser's own scrolling, and buttons do the same.

  go(event, number) {
    event.preventDefault();
    this.sides[number].closest("section").scrollIntoView({ block: "nearest", inline: "start" });
  }

  watchWhichIsSeen() {
    const seen = (entries) => {
      for (const entry of entries.filter((one) => one.isIntersecting)) {
        this.switches.forEach((link, number) => {
          if (this.sides[number].closest("section") === entry.target) link.setAttribute("aria-current", "true");
          else link.removeAttribute("aria-current");
        });
      }
    };
    this.watching = new IntersectionObserver(seen, { root: this.querySelector(".answers__pair"), threshold: 0.6 });
    for (const side of this.sides) this.watching.observe(side.closest("section"));
  }
}

customElements.define("answer-pair", AnswerPair);
