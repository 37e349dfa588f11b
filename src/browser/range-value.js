/**
 * Says beside a slider where it stands while it is moved: the button that posts it names the number. Reads `data-text`, a
 * sentence with `{value}` in it, and the one button below the element that has no name of its own.
 */

/** @param {HTMLElement} element holds the slider and its button */
export function enhance(element) {
  const slider = element.querySelector('input[type=range]');
  const button = element.querySelector('button:not([name])');
  const sentence = element.dataset['text'];
  if (!(slider instanceof HTMLInputElement) || !button || !sentence) return;
  slider.addEventListener('input', () => {
    button.textContent = sentence.replace('{value}', slider.value);
  });
}
