/**
 * The form of one condition of a segment's rule: a value is asked for only where the comparison needs one, and one more
 * row comes without a new page. Without it every button has its page.
 */

/** Comparisons that ask for nothing but whether something is known. */
const NO_VALUE = new Set(['set', 'notSet']);

/** @param {HTMLElement} element */
export function enhance(element) {
  if (!(element instanceof HTMLFormElement)) return;
  showValues(element);
  element.addEventListener('change', () => showValues(element));
  element.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button[data-more]') : null;
    if (!(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    addRow(element, button);
  });
}

/** @param {HTMLFormElement} form */
function showValues(form) {
  for (const select of form.querySelectorAll('select[name="op"], select[name$="Op"]')) {
    if (!(select instanceof HTMLSelectElement)) continue;
    const value = document.getElementById(select.name.replace(/op$/i, (op) => (op === 'op' ? 'value' : 'Value')));
    const field = value?.closest('.field');
    if (field instanceof HTMLElement) field.hidden = NO_VALUE.has(select.value);
  }
}

/**
 * Puts the form as it is with one more row in the place of this one, and goes to the first field that is new.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} button
 */
async function addRow(form, button) {
  const before = new Set([...form.elements].map((element) => element.id));
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, button)) if (typeof value === 'string') body.append(name, value);
  try {
    const response = await fetch(form.action, { method: 'POST', body });
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const fresh = page.querySelector('form[data-enhance~="rule-condition"]');
    if (!(fresh instanceof HTMLFormElement)) throw new Error('The page has no such form');
    // Only the fields are new: what listens to the form goes on doing so.
    form.replaceChildren(...fresh.childNodes);
  } catch {
    form.requestSubmit(button);
    return;
  }
  showValues(form);
  const added = [...form.elements].find((element) => element.id !== '' && !before.has(element.id));
  if (added instanceof HTMLElement) added.focus();
}
