/**
 * Counts along while a total is shared out. Reads `data-sum-text`, a sentence with `{sum}` in it, and `data-total`.
 */

/**
 * @param {string} text as typed
 * @returns {number} 0 for what is no number, as nothing was shared out there yet
 */
function amountIn(text) {
  const amount = Number(text.trim().replace(',', '.'));
  return Number.isFinite(amount) ? amount : 0;
}

/** @param {HTMLElement} element holds the fields */
export function enhance(element) {
  const fields = [...element.querySelectorAll('input')];
  const sentence = element.dataset['sumText'] ?? '{sum}';
  const total = Number(element.dataset['total']);
  const shown = document.createElement('p');
  shown.className = 'sum__total';
  // Read out only after a pause, or every key would be answered.
  const announced = document.createElement('p');
  announced.className = 'visually-hidden';
  announced.setAttribute('aria-live', 'polite');

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  const show = () => {
    const sum = Math.round(fields.reduce((so, field) => so + amountIn(field.value), 0) * 1e6) / 1e6;
    const text = sentence.replace('{sum}', String(sum));
    shown.textContent = text;
    shown.classList.toggle('sum__total--whole', sum === total);
    return text;
  };
  element.addEventListener('input', () => {
    const text = show();
    clearTimeout(pause);
    pause = setTimeout(() => {
      announced.textContent = text;
    }, 800);
  });
  element.append(shown, announced);
  show();
}
