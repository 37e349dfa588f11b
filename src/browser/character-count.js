/**
 * Says how many characters are left while one types, in code points as the server counts them. Reads
 * `data-length-max` and `data-count-text`, a sentence with `{n}` in it.
 */

/**
 * @param {string} text
 * @returns {number} its length in code points
 */
function countCharacters(text) {
  return [...text].length;
}

/** @param {HTMLElement} element the text area */
export function enhance(element) {
  if (!(element instanceof HTMLTextAreaElement)) return;
  const lengthMax = Number(element.dataset['lengthMax']);
  const sentence = element.dataset['countText'] ?? '{n}';
  const shown = document.createElement('p');
  shown.className = 'character-count';
  // Read out only after a pause, or every key would be answered.
  const announced = document.createElement('p');
  announced.className = 'visually-hidden';
  announced.setAttribute('aria-live', 'polite');
  element.after(shown, announced);

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  const update = () => {
    const text = sentence.replace('{n}', String(lengthMax - countCharacters(element.value)));
    shown.textContent = text;
    clearTimeout(pause);
    pause = setTimeout(() => {
      announced.textContent = text;
    }, 1200);
  };
  element.addEventListener('input', update);
  shown.textContent = sentence.replace('{n}', String(lengthMax - countCharacters(element.value)));
}
