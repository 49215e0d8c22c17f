// <judge-criteria>: what is asked depends on what was said, and a verdict against everything said is asked about once.
// The server knows the same rules; here nobody waits for it.

const SIGNS = { left: 1, left_much: 1, right: -1, right_much: -1, same: 0 };
const AGREEING = 2;

class JudgeCriteria extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.stop = new AbortController();
    for (const name of ["input", "change", "draft:restored"]) {
      this.form.addEventListener(name, () => this.ask(), { signal: this.stop.signal });
    }
    document.addEventListener("submit", (event) => this.check(event), { signal: this.stop.signal, capture: true });
    this.ask();
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  /** Show the questions whose condition holds; the others are not sent. Where the order is drawn, what a question depends
   * on may stand after it: hence again until nothing changes. */
  ask() {
    const questions = [...this.querySelectorAll("[data-depends-on]")];
    for (let changed = true; changed; ) {
      const asked = questions.map((question) => {
        const values = question.dataset.dependsValues.split(" ");
        return this.values(question.dataset.dependsOn).some((value) => values.includes(value));
      });
      changed = questions.some((question, number) => question.disabled === asked[number]);
      questions.forEach((question, number) => (question.hidden = question.disabled = !asked[number]));
    }
  }

  values(name) {
    const group = this.querySelector(`[data-criterion="${name}"]`);
    if (group) return [this.marks(group, 1) || this.marks(group, 2) ? "some" : "none"];
    const said = this.form.querySelector(`[name="${name}"]:checked:enabled`)?.value;
    if (!said) return [];
    if (name !== "verdict") return [said === "same" ? "same" : "different"];
    if (!(said in SIGNS)) return [said];
    return said.endsWith("_much") ? ["better", "much_better"] : ["better"];
  }

  /** How many marks of one criterion an answer has. */
  marks(group, answer) {
    const kinds = group.dataset.kinds.split(" ");
    const marks = JSON.parse(this.form.elements.marks?.value || "[]");
    return marks.filter((mark) => mark.answer === answer && kinds.includes(mark.kind)).length;
  }

  /** +1 for each criterion that favours the first answer, -1 for the second. */
  differences() {
    const compared = [...this.querySelectorAll("[data-kind=comparative]:enabled :checked")].map((input) => SIGNS[input.value]);
    const scaled = [...this.querySelectorAll("[data-kind=absolute]:enabled")].map((set) => {
      const point = (answer) => Number(this.querySelector(`[name="${set.dataset.name.replace(/_1$/, `_${answer}`)}"]:checked`)?.value);
      return set.dataset.name.endsWith("_1") ? Math.sign(point(1) - point(2)) || 0 : 0;
    });
    const marked = [...this.querySelectorAll("[data-criterion]")].map((group) => Math.sign(this.marks(group, 2)) - Math.sign(this.marks(group, 1)));
    return [...compared, ...scaled, ...marked].filter(Boolean);
  }

  check(event) {
    const asked = this.form.elements.contradiction;
    if (event.target !== this.form || event.defaultPrevented || asked.value === "kept") return;
    const verdict = SIGNS[this.form.querySelector("[name=verdict]:checked")?.value];
    const found = this.differences();
    if (!verdict || found.length < AGREEING || found.some((sign) => sign === verdict)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    asked.value = "kept";
    const place = this.querySelector("[data-contradiction]");
    place.hidden = false;
    place.textContent = place.dataset.words;
  }
}

customElements.define("judge-criteria", JudgeCriteria);
