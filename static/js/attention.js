// <judge-attention>: how long somebody really worked on a comparison, and which parts were seen to their end. Two hidden
// fields go with the judgment; what a draft kept is counted on.

const IDLE_MS = 30_000; // as IDLE_SECONDS in apps/assessment/domain/attention.py
const TICK_MS = 500;
const NEAR_PX = 8;

class JudgeAttention extends HTMLElement {
  connectedCallback() {
    const sheet = this.closest("judge-sheet");
    this.time = this.querySelector("[name=active_ms]");
    this.seen = this.querySelector("[name=seen]");
    if (!sheet || !this.time) return;
    this.parts = {
      pictures: [...sheet.querySelectorAll(".material__pictures img")],
      "answer-1": [...sheet.querySelectorAll('[data-part="answer-1"]')],
      "answer-2": [...sheet.querySelectorAll('[data-part="answer-2"]')],
    };
    this.looked = new Set(); // whatever of the parts was in view: five pictures never are at once
    this.touched = this.counted = performance.now();
    this.stop = new AbortController();
    for (const name of ["pointermove", "pointerdown", "keydown", "scroll", "wheel", "touchmove"]) {
      document.addEventListener(name, () => this.touch(), { signal: this.stop.signal, passive: true, capture: true });
    }
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    this.closest("form").addEventListener("submit", () => this.tick(), { signal: this.stop.signal, capture: true });
  }

  disconnectedCallback() {
    this.stop?.abort();
    clearInterval(this.ticking);
  }

  touch() {
    this.touched = performance.now();
  }

  tick() {
    const now = performance.now();
    const isWorking = document.visibilityState === "visible" && now - this.touched < IDLE_MS;
    if (isWorking) {
      this.time.value = Math.round(Number(this.time.value) + now - this.counted);
      this.look();
    }
    this.counted = now;
  }

  look() {
    const seen = new Set(this.seen.value.split(" ").filter((word) => word in this.parts));
    for (const [part, elements] of Object.entries(this.parts)) {
      for (const element of elements.filter(part === "pictures" ? isInView : isReadToTheEnd)) this.looked.add(element);
      if (elements.every((element) => this.looked.has(element))) seen.add(part);
    }
    this.seen.value = [...seen].join(" ") || "-";
  }
}

/** Its middle is on the screen, and not scrolled away inside the column of pictures. */
function isInView(image) {
  const box = image.closest(".zoom__view").getBoundingClientRect();
  const column = image.closest(".material__pictures").getBoundingClientRect();
  const middle = (box.top + box.bottom) / 2;
  const isShown = middle > Math.max(0, column.top) && middle < Math.min(innerHeight, column.bottom);
  return image.complete && isShown && isBeside(box);
}

function isReadToTheEnd(answer) {
  const box = answer.getBoundingClientRect();
  const isScrolled = answer.scrollTop + answer.clientHeight >= answer.scrollHeight - NEAR_PX;
  return isScrolled && box.bottom > 0 && box.bottom <= innerHeight + NEAR_PX && isBeside(box);
}

function isBeside(box) {
  const middle = (box.left + box.right) / 2;
  return box.width > 0 && middle > 0 && middle < innerWidth;
}

customElements.define("judge-attention", JudgeAttention);
