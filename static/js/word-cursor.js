// <word-cursor>: words of another element chosen by keys, buttons or its own selection. Nothing of that element changes:
// what is chosen is painted over it (CSS highlights) and said in a status. Offsets given out count characters, not UTF-16.

const PLAIN_WORD = /[\p{L}\p{M}\p{N}]+/gu;

class WordCursor extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.key(event));
    this.parts = ["before", "words", "after"].map((name) => this.querySelector(`[data-${name}]`));
  }

  disconnectedCallback() {
    this.close();
  }

  /** Begin in `text`, an element, at `place` ({start, end} in characters) or at its first word. */
  open(text, place) {
    [this.element, this.text] = [text, text.textContent];
    for (const part of this.parts) part.lang = text.lang;
    this.dir = getComputedStyle(text).direction;
    this.words = segments(this.text, "word", text.lang);
    this.sentences = segments(this.text, "sentence", text.lang);
    const points = [...this.text];
    const unit = (offset) => points.slice(0, offset).join("").length;
    const first = this.words[0] ?? [0, this.text.length];
    this.range = place ? [unit(place.start), unit(place.end)] : first;
    this.draw();
  }

  /** Take over a selection of the browser; words it cuts are taken whole. */
  take(range) {
    const lead = document.createRange();
    lead.setStart(this.element, 0);
    lead.setEnd(range.startContainer, range.startOffset);
    const start = lead.toString().length;
    const end = start + range.toString().length;
    const touched = this.words.filter(([from, to]) => from < end && to > start);
    if (!touched.length) return;
    this.range = [touched[0][0], touched.at(-1)[1]];
    this.draw();
  }

  close() {
    this.element = null;
    globalThis.CSS?.highlights?.delete("mark-cursor");
  }

  get value() {
    if (!this.range) return null;
    const [start, end] = this.range;
    const count = (offset) => [...this.text.slice(0, offset)].length;
    return { start: count(start), end: count(end), quote: this.text.slice(start, end) };
  }

  key(event) {
    const steps = { ArrowRight: "next", ArrowLeft: "previous", ArrowDown: "nextSentence", ArrowUp: "previousSentence" };
    const step = { ...steps, Home: "first", End: "last" }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey || !this.element) return;
    event.preventDefault();
    event.stopPropagation();
    this.move(step, event.shiftKey);
  }

  /** One step; `extend` moves the end and keeps the beginning. */
  move(step, extend = false) {
    const [start, end] = this.range;
    if (step === "longer") return this.move("next", true);
    if (step === "shorter") return this.move("previous", true);
    const last = this.words.findLastIndex(([from]) => from < end);
    const first = this.words.findIndex(([from]) => from >= start);
    const target = this.target(step, extend || step.startsWith("next") ? last : first, extend);
    const word = this.words[Math.max(0, Math.min(this.words.length - 1, target))];
    if (!word) return;
    this.range = extend ? [start, Math.max(word[1], this.words[Math.max(0, first)][1])] : word;
    this.draw();
  }

  target(step, at, extend) {
    if (step === "first") return 0;
    if (step === "last") return this.words.length - 1;
    if (step === "next") return at + 1;
    if (step === "previous") return at - 1;
    const inSentence = this.sentences.findLastIndex(([from]) => from <= this.words[at]?.[0]);
    if (step === "nextSentence" && extend) {
      const [, to] = this.sentences[inSentence + (this.range[1] >= this.lastWord(inSentence) ? 1 : 0)] ?? [0, Infinity];
      return this.words.findLastIndex(([from]) => from < to);
    }
    const [from, to] = this.sentences[inSentence + (step === "nextSentence" ? 1 : -1)] ?? [step === "nextSentence" ? Infinity : 0, 0];
    if (from === Infinity) return this.words.length - 1;
    return extend ? this.words.findLastIndex(([start]) => start < to) : this.words.findIndex(([start]) => start >= from);
  }

  lastWord(sentence) {
    return this.words.findLast(([from]) => from < (this.sentences[sentence]?.[1] ?? Infinity))?.[1] ?? 0;
  }

  draw() {
    const [start, end] = this.range;
    const texts = [this.text.slice(Math.max(0, start - 40), start), this.text.slice(start, end), this.text.slice(end, end + 40)];
    this.parts.forEach((part, number) => (part.textContent = texts[number]));
    const range = rangeOf(this.element, start, end);
    globalThis.CSS?.highlights?.set("mark-cursor", new Highlight(range));
    reveal(this.element, range);
    this.dispatchEvent(new CustomEvent("words:chosen", { detail: texts[1], bubbles: true }));
  }
}

/** [start, end] of every word or sentence, in UTF-16 units. */
function segments(text, granularity, language) {
  if (!globalThis.Intl?.Segmenter) {
    if (granularity === "sentence") return [[0, text.length]];
    return [...text.matchAll(PLAIN_WORD)].map((found) => [found.index, found.index + found[0].length]);
  }
  const found = [...new Intl.Segmenter(language || undefined, { granularity }).segment(text)];
  return found
    .filter((part) => granularity === "sentence" || part.isWordLike || /[^\s\p{P}]/u.test(part.segment))
    .map((part) => [part.index, part.index + part.segment.length]);
}

/** A range over UTF-16 units of an element's text. */
function rangeOf(element, start, end) {
  const range = document.createRange();
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  range.selectNodeContents(element);
  range.collapse(true);
  for (let node = texts.nextNode(), at = 0; node; node = texts.nextNode()) {
    if (start >= at && start <= at + node.length) range.setStart(node, start - at);
    if (end > at && end <= at + node.length) {
      range.setEnd(node, end - at);
      break;
    }
    at += node.length;
  }
  return range;
}

/** Scroll the element, and the page if need be, so that the range is seen above the panel. */
function reveal(element, range) {
  const [box, words] = [element.getBoundingClientRect(), range.getBoundingClientRect()];
  if (words.top < box.top) element.scrollTop -= box.top - words.top + 8;
  else if (words.bottom > box.bottom) element.scrollTop += words.bottom - box.bottom + 8;
  const { top, bottom } = range.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight / 2) scrollBy(0, top - innerHeight / 4);
}

WordCursor.rangeOf = rangeOf;
customElements.define("word-cursor", WordCursor);
