// <mark-desk>: marks in both answers. They live in the hidden field `marks` as JSON, so drafts and sending know nothing of
// them; here they are listed, painted over the answers, made and changed. Words come from <word-cursor>, places in a
// picture from <region-picker>.

const HIGHLIGHTS = { minor: "mark-minor", major: "mark-major" };

class MarkDesk extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.field = this.querySelector("[name=marks]");
    this.editor = this.querySelector("[data-editor]");
    this.cursor = this.querySelector("word-cursor");
    this.region = this.querySelector("region-picker");
    this.offer = this.querySelector("[data-offer]");
    this.item = this.querySelector("template");
    this.stop = new AbortController();
    for (const element of this.querySelectorAll("[data-with-script]")) element.hidden = false;
    this.on(this, "click", (event) => this.press(event));
    this.on(this, "change", (event) => this.stated(event));
    this.on(this.editor, "keydown", (event) => this.key(event));
    this.on(this.cursor, "words:chosen", (event) => this.say(event.detail));
    this.on(this.form, "draft:restored", () => this.read());
    this.on(document, "selectionchange", () => this.selected());
    this.on(this, "pointerdown", (event) => event.target.closest("[data-mark], [data-offer]") && event.preventDefault());
    this.on(document, "submit", (event) => this.unfinished(event), { capture: true });
    this.read();
  }

  disconnectedCallback() {
    this.stop.abort();
    document.documentElement.classList.remove("marking");
    // The sheet that replaces this one is there before this one is gone, and has painted its own.
    if (document.querySelector("mark-desk")) return;
    for (const name of Object.values(HIGHLIGHTS)) globalThis.CSS?.highlights?.delete(name);
  }

  on(target, name, listener, options) {
    target.addEventListener(name, listener, { signal: this.stop.signal, ...options });
  }

  answer(number) {
    return document.querySelector(`[data-part=answer-${number}]`);
  }

  say(words) {
    this.querySelector("[data-said]").textContent = words;
  }

  // The list

  read() {
    this.marks = JSON.parse(this.field.value || "[]");
    this.draw();
  }

  write() {
    this.field.value = JSON.stringify(this.marks);
    for (const number of [1, 2]) this.state(number);
    this.draw();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Whoever marks says "marked"; when the last mark is gone nothing is said any more. */
  state(number) {
    const some = this.marks.some((mark) => mark.answer === number);
    const [none, marked] = ["none", "marked"].map((value) => this.querySelector(`[name=faults_${number}][value=${value}]`));
    if (some) marked.checked = true;
    else if (marked.checked) marked.checked = none.checked = false;
  }

  draw() {
    for (const list of this.querySelectorAll("[data-list]")) {
      const own = this.marks.filter((mark) => mark.answer === Number(list.dataset.list));
      list.replaceChildren(...own.map((mark) => this.row(mark)));
      list.hidden = !own.length;
      list.closest("fieldset").querySelector("[data-count]").textContent = own.length || "";
    }
    for (const [severity, name] of Object.entries(HIGHLIGHTS)) this.paint(severity, name);
  }

  row(mark) {
    const row = this.item.content.cloneNode(true);
    const put = (name, words) => (row.querySelector(`[data-${name}]`).textContent = words);
    put("quote", mark.quote || this.dataset.whole);
    if (mark.quote) inLanguageOf(this.answer(mark.answer), row.querySelector("[data-quote]"));
    put("kind", this.words("kind", mark.kind));
    put("severity", this.words("severity", mark.severity));
    put("note", [mark.note, mark.region && this.dataset.shown].filter(Boolean).join(" · "));
    const label = mark.quote || this.dataset.whole;
    for (const button of row.querySelectorAll("button")) {
      button.dataset.index = this.marks.indexOf(mark);
      button.setAttribute("aria-label", `${button.title}: ${label}`);
    }
    return row;
  }

  words(group, value) {
    return this.editor.querySelector(`[data-choice=${group}][value=${value}]`)?.dataset.words ?? value;
  }

  paint(severity, name) {
    if (!globalThis.CSS?.highlights) return;
    const rangeOf = customElements.get("word-cursor").rangeOf;
    const shown = this.marks.filter((mark) => mark.severity === severity && mark.quote);
    const ranges = shown.map((mark) => {
      const element = this.answer(mark.answer);
      const unit = (offset) => [...element.textContent].slice(0, offset).join("").length;
      return rangeOf(element, unit(mark.start), unit(mark.end));
    });
    CSS.highlights.set(name, new Highlight(...ranges));
  }

  /** "Nothing wrong" and marks exclude each other; a press on "Marked" begins a mark. */
  stated(event) {
    const [, number] = event.target.name?.match(/^faults_([12])$/) ?? [];
    if (!number) return;
    const marked = this.marks.some((mark) => mark.answer === Number(number));
    if (event.target.value === "none" && marked) {
      this.state(Number(number));
      this.say(this.dataset.removeFirst);
    }
  }

  press(event) {
    const { mark, whole, index, act, move } = event.target.closest("button")?.dataset ?? {};
    if (mark) this.begin(Number(mark));
    else if (whole) this.begin(Number(whole), { isWhole: true });
    else if (act === "offer") this.begin(this.chosen.number);
    else if (act === "edit") this.begin(this.marks[index].answer, { index: Number(index) });
    else if (act === "remove") this.remove(Number(index));
    else if (act === "save") this.save();
    else if (act === "cancel") this.close();
    else if (move) this.cursor.move(move);
    else if (event.detail && event.target.matches("[name^=faults][value=marked]")) this.begin(Number(event.target.name.at(-1)));
  }

  remove(index) {
    const { answer } = this.marks[index];
    this.marks.splice(index, 1);
    this.write();
    this.querySelector(`[data-mark="${answer}"]`).focus();
    this.say(this.dataset.removed);
  }

  // The editor

  begin(number, { index = null, isWhole = false } = {}) {
    const old = this.marks[index] ?? {};
    const selection = this.chosen?.number === number ? this.chosen.range : null;
    const text = this.answer(number);
    this.editing = { number, index, isWhole: isWhole || (index !== null && !old.quote) || !text.textContent.trim() };
    this.offer.hidden = true;
    this.editor.hidden = false;
    document.documentElement.classList.add("marking");
    this.editor.querySelector("[data-words-part]").hidden = this.editing.isWhole;
    for (const title of this.editor.querySelectorAll("[data-title]")) title.hidden = title.dataset.title !== String(number);
    for (const input of this.editor.querySelectorAll("[data-choice]")) input.checked = input.value === (old[input.dataset.choice] ?? "minor");
    this.editor.querySelector("[data-note]").value = old.note ?? "";
    this.region.value = old.region;
    this.region.hidden = !this.region.views.length;
    this.complain("");
    if (this.editing.isWhole) return this.editor.querySelector("[data-choice=kind]").focus();
    text.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.cursor.open(text, old.quote ? old : null);
    if (selection && index === null) this.cursor.take(selection);
    this.cursor.focus({ preventScroll: true });
  }

  key(event) {
    const isButton = event.target.closest("button, summary, select");
    const digit = document.querySelector("hot-keys").digitOf(event);
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && !isButton) this.save();
    else if (event.target.matches("input:not([type=radio])") || event.ctrlKey || event.altKey || event.metaKey) return;
    else if (digit && !event.shiftKey) this.choose(`[data-digit="${digit}"]`);
    else if (["Equal", "NumpadAdd"].includes(event.code)) this.choose("[data-choice=severity][value=major]");
    else if (["Minus", "NumpadSubtract"].includes(event.code)) this.choose("[data-choice=severity][value=minor]");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  choose(selector) {
    const input = this.editor.querySelector(selector);
    if (!input) return;
    input.checked = true;
    this.complain("");
    this.say(input.dataset.words);
  }

  chosenOf(group) {
    return this.editor.querySelector(`[data-choice=${group}]:checked`)?.value;
  }

  complain(words) {
    const place = this.editor.querySelector("[data-wrong]");
    place.textContent = words;
    place.hidden = !words;
  }

  save() {
    const { number, index, isWhole } = this.editing;
    const kind = this.chosenOf("kind");
    if (!kind) {
      this.complain(this.dataset.kindFirst);
      return this.editor.querySelector("[data-choice=kind]").focus();
    }
    const mark = { answer: number, kind, severity: this.chosenOf("severity"), note: this.editor.querySelector("[data-note]").value.trim() };
    if (!isWhole) Object.assign(mark, this.cursor.value);
    if (this.region.value) mark.region = this.region.value;
    if (index === null) this.marks.push(mark);
    else this.marks[index] = mark;
    this.write();
    this.close();
    this.say(`${this.dataset.saved} ${this.words("kind", kind)}: ${mark.quote ?? this.dataset.whole}`);
  }

  close() {
    const { number } = this.editing;
    this.editing = null;
    this.editor.hidden = true;
    document.documentElement.classList.remove("marking");
    this.cursor.close();
    this.region.value = null;
    getSelection().removeAllRanges();
    this.querySelector(`[data-mark="${number}"]`).focus();
  }

  /** A judgment is not sent past a mark that is being made. */
  unfinished(event) {
    if (event.target !== this.form || !this.editing) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.complain(this.dataset.unfinished);
    this.editor.querySelector("[data-act=save]").focus();
  }

  // A selection in an answer, by mouse or finger, offers a button beside it.

  selected() {
    const selection = getSelection();
    const range = selection.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
    const inside = range?.commonAncestorContainer;
    const text = inside && (inside.nodeType === Node.TEXT_NODE ? inside.parentElement : inside).closest("[data-part^=answer-]");
    this.chosen = text && range.toString().trim() ? { number: Number(text.dataset.part.at(-1)), range } : null;
    this.offer.hidden = !this.chosen || Boolean(this.editing);
    if (this.offer.hidden) return;
    const boxes = range.getClientRects();
    const last = boxes[boxes.length - 1];
    this.offer.style.left = `${Math.max(8, Math.min(innerWidth - this.offer.offsetWidth - 8, last.right))}px`;
    this.offer.style.top = `${Math.min(innerHeight - this.offer.offsetHeight - 8, last.bottom + 6)}px`;
  }
}

function inLanguageOf(answer, element) {
  element.lang = answer.lang;
  element.dir = "auto";
}

customElements.define("mark-desk", MarkDesk);
