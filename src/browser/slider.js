/**
 * Lays a slider under the field for a number. Nothing is answered before the slider was touched: until then the field is
 * empty and the slider says so. Reads `data-min`, `data-max`, `data-step`, `data-no-answer` and `data-label`, the id of
 * the question's words.
 */

/** @param {HTMLElement} element holds the field */
export function enhance(element) {
  const field = element.querySelector('input');
  if (field === null) return;
  const { min = '0', max = '100', step = '1', noAnswer = '', label = '' } = element.dataset;
  const range = document.createElement('input');
  Object.assign(range, { type: 'range', min, max, step, className: 'slider__range' });
  range.setAttribute('aria-labelledby', label);

  const isNumber = () => field.value.trim() !== '' && Number.isFinite(Number(field.value.replace(',', '.')));
  const show = () => {
    const isAnswered = isNumber();
    if (isAnswered) range.value = field.value.replace(',', '.');
    range.classList.toggle('slider__range--untouched', !isAnswered);
    if (isAnswered) range.removeAttribute('aria-valuetext');
    else range.setAttribute('aria-valuetext', noAnswer);
  };
  const take = () => {
    if (field.value !== range.value) {
      field.value = range.value;
      field.dispatchEvent(new Event('change', { bubbles: true }));
    }
    show();
  };
  range.addEventListener('input', take);
  // Whoever wants the very place it stands at presses it there.
  range.addEventListener('click', take);
  range.addEventListener('keydown', (event) => {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    take();
  });
  field.addEventListener('input', show);

  const ends = element.querySelector('.ends');
  element.insertBefore(range, ends);
  show();
}
