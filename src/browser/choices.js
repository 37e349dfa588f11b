/**
 * Keeps a choice and what hangs on it in step. Who writes beside an option has chosen it; words beside an option that is
 * given up are put aside, and come back with it. An option that stands alone (`data-exclusive`) and the others take each
 * other's place. What changed by itself is said aloud. Reads `data-chosen-text` and `data-unchosen-text`, sentences with
 * `{options}` in them; a field of words names its option in `data-option`.
 */

/** @param {HTMLElement} element holds the options, or a list of them, and the fields beside them */
export function enhance(element) {
  const boxes = /** @type {HTMLInputElement[]} */ ([
    ...element.querySelectorAll('input[type="checkbox"], input[type="radio"]'),
  ]);
  const list = element.querySelector('select');
  const fields = /** @type {HTMLInputElement[]} */ ([...element.querySelectorAll('[data-option]')]);
  /** @type {Map<HTMLInputElement, string>} */
  const aside = new Map();
  const said = document.createElement('p');
  said.className = 'visually-hidden';
  said.setAttribute('role', 'status');
  element.append(said);

  /** @param {HTMLInputElement} box */
  const nameOf = (box) => (box.labels?.[0]?.textContent ?? '').trim();
  /**
   * @param {string | undefined} sentence
   * @param {string[]} names
   */
  const say = (sentence, names) => {
    if (names.length > 0) said.textContent = (sentence ?? '{options}').replace('{options}', () => names.join(', '));
  };
  /** @param {string | undefined} option */
  const isChosen = (option) =>
    list ? list.value === option : boxes.some((box) => box.checked && box.value === option);

  function settleWords() {
    for (const field of fields) {
      if (isChosen(field.dataset['option'])) {
        if (field.value === '') field.value = aside.get(field) ?? '';
        aside.delete(field);
      } else if (field.value.trim() !== '') {
        aside.set(field, field.value);
        field.value = '';
      }
    }
  }

  /** @param {HTMLInputElement} chosen */
  function settleOthers(chosen) {
    const isAlone = chosen.dataset['exclusive'] !== undefined;
    const given = boxes.filter(
      (box) => box.checked && box !== chosen && (isAlone || box.dataset['exclusive'] !== undefined),
    );
    for (const box of given) box.checked = false;
    say(element.dataset['unchosenText'], given.map(nameOf));
  }

  element.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement && boxes.includes(target)) {
      if (target.checked && target.type === 'checkbox') settleOthers(target);
    } else if (target !== list) return;
    settleWords();
  });
  element.addEventListener('input', ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    const { option } = target.dataset;
    if (option === undefined || target.value.trim() === '' || isChosen(option)) return;
    const box = boxes.find(({ value }) => value === option);
    if (list) list.value = option;
    else if (box) box.checked = true;
    say(element.dataset['chosenText'], box ? [nameOf(box)] : [list?.selectedOptions[0]?.text ?? '']);
    (list ?? box)?.dispatchEvent(new Event('change', { bubbles: true }));
  });
}
