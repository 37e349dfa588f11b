/**
 * A field to search a long list with, in place of the list, which stays behind it and is what is sent. The keys are those
 * of every combobox: arrows move, Enter chooses, Escape closes. Reads `data-search-label` and `data-nothing-found`.
 */

const SHOWN_MAX = 200;

/**
 * For comparing what was typed with what is listed: no case, no accents.
 *
 * @param {string} text
 */
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();

/** @param {HTMLElement} element the list */
export function enhance(element) {
  if (!(element instanceof HTMLSelectElement)) return;
  const select = element;
  const choices = [...select.options]
    .filter((option) => option.value !== '')
    .map((option) => ({ option, words: plain(option.text) }));
  const id = select.id;

  const box = document.createElement('div');
  box.className = 'search';
  const input = document.createElement('input');
  Object.assign(input, { type: 'text', className: 'question__input question__input--select', autocomplete: 'off' });
  input.placeholder = select.dataset['searchLabel'] ?? '';
  const list = document.createElement('ul');
  Object.assign(list, { className: 'search__list', id: `${id}-list`, hidden: true });
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-labelledby', `${id}-label`);
  const none = document.createElement('p');
  Object.assign(none, { className: 'search__none', hidden: true });
  const said = document.createElement('p');
  said.className = 'visually-hidden';
  said.setAttribute('role', 'status');
  for (const [name, value] of [
    ['role', 'combobox'],
    ['aria-autocomplete', 'list'],
    ['aria-controls', list.id],
    ['aria-expanded', 'false'],
  ])
    input.setAttribute(/** @type {string} */ (name), /** @type {string} */ (value));
  for (const name of ['aria-describedby', 'aria-invalid']) {
    const value = select.getAttribute(name);
    if (value !== null) input.setAttribute(name, value);
  }

  if (select.required) input.setAttribute('aria-required', 'true');

  // The question's words and the error summary lead to the field from now on.
  select.id = `${id}-sent`;
  input.id = id;
  select.hidden = true;
  select.before(box);
  box.append(input, list, none, said);

  /** @type {HTMLElement | null} */
  let active = null;
  const chosenText = () => (select.value === '' ? '' : (select.selectedOptions[0]?.text ?? ''));
  const isOpen = () => !list.hidden || !none.hidden;

  /** @param {HTMLElement | null} option */
  function activate(option) {
    active?.setAttribute('aria-selected', 'false');
    active = option;
    if (option === null) {
      input.removeAttribute('aria-activedescendant');
      return;
    }
    option.setAttribute('aria-selected', 'true');
    input.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  }

  function close() {
    list.hidden = true;
    none.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    activate(null);
  }

  /** @param {string} wanted what to look for; everything is shown for nothing */
  function open(wanted) {
    const looked = plain(wanted);
    const found = choices.filter(({ words }) => words.includes(looked)).slice(0, SHOWN_MAX);
    activate(null);
    list.replaceChildren(
      ...found.map(({ option }) => {
        const item = document.createElement('li');
        Object.assign(item, {
          className: 'search__option',
          id: `${id}-list-${option.index}`,
          textContent: option.text,
        });
        item.setAttribute('role', 'option');
        item.setAttribute('aria-selected', 'false');
        // Before the field loses the focus, which closes the list.
        item.addEventListener('pointerdown', (event) => event.preventDefault());
        item.addEventListener('click', () => choose(option.value));
        return item;
      }),
    );
    list.hidden = found.length === 0;
    none.hidden = found.length > 0;
    none.textContent = select.dataset['nothingFound'] ?? '';
    said.textContent = found.length > 0 ? '' : none.textContent;
    input.setAttribute('aria-expanded', String(found.length > 0));
  }

  /** @param {string} value */
  function choose(value) {
    select.value = value;
    select.dispatchEvent(new Event('change', { bubbles: true }));
    input.value = chosenText();
    close();
  }

  /** What was typed counts when it names an option or is nothing; anything else goes back to what was chosen. */
  function settle() {
    const typed = plain(input.value);
    const match = choices.find(({ words }) => words === typed);
    if (typed === '') choose('');
    else if (match) choose(match.option.value);
    else {
      input.value = chosenText();
      close();
    }
  }

  input.addEventListener('input', () => open(input.value));
  input.addEventListener('click', () => (isOpen() ? undefined : open('')));
  input.addEventListener('focus', () => input.select());
  input.addEventListener('blur', settle);
  input.addEventListener('keydown', (event) => {
    const options = /** @type {HTMLElement[]} */ ([...list.children]);
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!isOpen()) {
        open('');
        return activate(/** @type {HTMLElement | null} */ (list.firstElementChild));
      }
      const at = active === null ? -1 : options.indexOf(active);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      activate(options[(at + step + options.length) % options.length] ?? options[0] ?? null);
    } else if (event.key === 'Enter' && isOpen()) {
      event.preventDefault();
      if (active === null) settle();
      else active.click();
    } else if (event.key === 'Escape' && isOpen()) {
      event.preventDefault();
      input.value = chosenText();
      close();
    }
  });
  // What was kept for a second try is put into the list from outside.
  select.addEventListener('change', () => {
    input.value = chosenText();
  });
  input.value = chosenText();
}
