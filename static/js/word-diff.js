// On answers:compare: underlines the words that stand in one answer alone, by highlights over the text, so that the page
// stays as it is for whoever marks places in it; and says how many there are. Formulas are left out.

const NAME = "differs";
const MOST_CELLS = 9_000_000;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*/gu;

document.addEventListener("answers:compare", (event) => {
  const { on, sides } = event.detail;
  CSS.highlights?.delete(NAME);
  const status = event.target.querySelector("[data-differences]");
  status.textContent = "";
  if (!on) return;
  const [first, second] = sides.map(words);
  const kept = first.length * second.length <= MOST_CELLS && common(first, second);
  if (!kept) return (status.textContent = status.dataset.tooLong);
  const alone = [first.filter((_, place) => !kept[0].has(place)), second.filter((_, place) => !kept[1].has(place))];
  CSS.highlights.set(NAME, new Highlight(...alone.flat().map(rangeOf)));
  status.textContent = status.dataset.words.replace("{first}", alone[0].length).replace("{second}", alone[1].length);
});

/** Each word with the text node it stands in. */
function words(side) {
  const found = [];
  const walker = document.createTreeWalker(side, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest("math")) continue;
    for (const match of node.data.matchAll(WORD)) {
      found.push({ node, start: match.index, end: match.index + match[0].length, word: match[0].toLocaleLowerCase() });
    }
  }
  return found;
}

function rangeOf({ node, start, end }) {
  const range = new Range();
  range.setStart(node, start);
  range.setEnd(node, end);
  return range;
}

/** Places of a longest common subsequence in both (Wagner & Fischer 1974). */
function common(first, second) {
  const width = second.length + 1;
  const length = new Uint16Array((first.length + 1) * width);
  for (let i = first.length - 1; i >= 0; i -= 1) {
    for (let j = second.length - 1; j >= 0; j -= 1) {
      const at = i * width + j;
      length[at] = first[i].word === second[j].word ? length[at + width + 1] + 1 : Math.max(length[at + width], length[at + 1]);
    }
  }
  const kept = [new Set(), new Set()];
  for (let i = 0, j = 0; i < first.length && j < second.length; ) {
    const at = i * width + j;
    if (first[i].word === second[j].word) {
      kept[0].add(i++);
      kept[1].add(j++);
    } else if (length[at + width] >= length[at + 1]) i += 1;
    else j += 1;
  }
  return kept;
}
