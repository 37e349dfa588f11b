/**
 * Puts options in order with two buttons each. The lists of places stay: they are what is sent, and moving sets them.
 * Those with a place stand first, in its order; the rest keep their own below, since nothing is placed before it was
 * touched. Reads `data-place-text`, "Place {n}", on the list, and `data-move-up` and `data-move-down` on each option.
 */

/** @typedef {{ item: HTMLElement, select: HTMLSelectElement, up: HTMLButtonElement, down: HTMLButtonElement }} Row */

/**
 * @param {HTMLElement} item
 * @param {string} sign
 * @param {string} label
 */
function addButton(item, sign, label) {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: 'ranking__move', textContent: sign });
  button.setAttribute('aria-label', label);
  item.append(button);
  return button;
}

/** @param {Row} row */
const placeOf = ({ select }) => (select.value === '' ? Number.POSITIVE_INFINITY : Number(select.value));

/** @param {HTMLElement} list */
export function enhance(list) {
  const said = document.createElement('p');
  said.className = 'visually-hidden';
  said.setAttribute('aria-live', 'polite');
  list.after(said);

  /** @type {Row[]} */
  let rows = [];
  for (const item of list.children) {
    const select = item.querySelector('select');
    if (!(item instanceof HTMLElement) || select === null) continue;
    const moves = document.createElement('span');
    moves.className = 'ranking__moves';
    item.append(moves);
    const row = {
      item,
      select,
      up: addButton(moves, '↑', item.dataset['moveUp'] ?? ''),
      down: addButton(moves, '↓', item.dataset['moveDown'] ?? ''),
    };
    row.up.addEventListener('click', () => move(row, -1));
    row.down.addEventListener('click', () => move(row, 1));
    // Chosen in the list itself, a place only changes how the row looks: it would run away under the pointer otherwise.
    select.addEventListener('change', show);
    rows.push(row);
  }
  const placesMax = (rows[0]?.select.options.length ?? 1) - 1;
  const isPlaced = (/** @type {Row} */ row) => row.select.value !== '';

  function sort() {
    rows = rows.toSorted((one, other) => {
      const [a, b] = [placeOf(one), placeOf(other)];
      return a === b ? 0 : a - b;
    });
    for (const { item } of rows) list.append(item);
  }

  function show() {
    const placed = rows.filter(isPlaced).length;
    for (const row of rows) {
      row.item.classList.toggle('ranking__option--placed', isPlaced(row));
      const isFirst = isPlaced(row) && placeOf(row) === 1;
      row.up.setAttribute('aria-disabled', String(isFirst || (!isPlaced(row) && placed >= placesMax)));
      row.down.setAttribute('aria-disabled', String(!isPlaced(row)));
    }
  }

  /**
   * Up: the next free place for one that has none, else one place up. Down: one place down, and off the end of the places.
   *
   * @param {Row} row
   * @param {-1 | 1} step
   */
  function move(row, step) {
    const placed = rows.filter(isPlaced).toSorted((one, other) => placeOf(one) - placeOf(other));
    const at = placed.indexOf(row);
    if (at === -1) {
      if (step === 1 || placed.length >= placesMax) return;
      placed.push(row);
    } else {
      if (at + step < 0) return;
      placed.splice(at, 1);
      if (at + step <= placed.length) placed.splice(at + step, 0, row);
    }
    for (const one of rows) {
      const place = placed.indexOf(one) + 1;
      one.select.value = place === 0 ? '' : String(place);
    }
    sort();
    show();
    (step === -1 ? row.up : row.down).focus();
    const name = row.item.querySelector('.ranking__text')?.textContent ?? '';
    const place = isPlaced(row)
      ? (list.dataset['placeText'] ?? '{n}').replace('{n}', row.select.value)
      : (row.select.options[0]?.textContent ?? '');
    said.textContent = `${name}: ${place}`;
    list.dispatchEvent(new Event('change', { bubbles: true }));
  }

  sort();
  show();
}
