/**
 * Turns a selection in a transcript into a passage. Each turn's words stand in an element with `data-source`; what is
 * chosen inside one of them fills `source`, `start` and `end` (code points from the beginning of those words, the end
 * not included) of the form named by `data-form`, and is shown in its `[data-selection]`. Without this script the form
 * is filled by hand, with the turn's number and the exact words.
 */

/**
 * @param {Element} source
 * @param {Node} node where a selection begins or ends
 * @param {number} offset as selections give it
 * @returns {number} code points from the beginning of the source's text
 */
function codePointsBefore(source, node, offset) {
  const range = document.createRange();
  range.selectNodeContents(source);
  range.setEnd(node, offset);
  return [...range.toString()].length;
}

/**
 * The passage without blanks at its ends, which come along with every double click.
 *
 * @param {string[]} characters the source's text in code points
 * @param {number} start
 * @param {number} end
 */
function trimPassage(characters, start, end) {
  let first = start;
  let last = end;
  while (first < last && characters[first]?.trim() === '') first += 1;
  while (last > first && characters[last - 1]?.trim() === '') last -= 1;
  return { start: first, end: last };
}

/**
 * @param {HTMLElement} transcript
 * @returns {{ source: string, start: number, end: number, words: string } | null} null unless the selection lies
 *   within one turn
 */
function readPassage(transcript) {
  const selection = getSelection();
  if (selection === null || selection.rangeCount === 0 || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const holder = range.commonAncestorContainer;
  const element = holder instanceof Element ? holder : holder.parentElement;
  const source = element?.closest('[data-source]');
  if (!(source instanceof HTMLElement) || !transcript.contains(source)) return null;
  const characters = [...(source.textContent ?? '')];
  const { start, end } = trimPassage(
    characters,
    codePointsBefore(source, range.startContainer, range.startOffset),
    codePointsBefore(source, range.endContainer, range.endOffset),
  );
  if (start === end) return null;
  return { source: source.dataset['source'] ?? '', start, end, words: characters.slice(start, end).join('') };
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string} value
 */
function fill(form, name, value) {
  const input = form.elements.namedItem(name);
  if (input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement) input.value = value;
}

/** @param {HTMLElement} transcript the element that holds the turns */
export function enhance(transcript) {
  const form = document.getElementById(transcript.dataset['form'] ?? '');
  if (!(form instanceof HTMLFormElement)) return;
  const shown = form.querySelector('[data-selection]');

  document.addEventListener('selectionchange', () => {
    const passage = readPassage(transcript);
    if (passage === null) return;
    fill(form, 'source', passage.source);
    fill(form, 'start', String(passage.start));
    fill(form, 'end', String(passage.end));
    fill(form, 'words', passage.words);
    if (shown !== null) shown.textContent = passage.words;
  });
}
