/**
 * Suggestions decided by key: A accepts, R rejects, L leaves for later, each going on to the next; J and K move, S saves.
 * Without this script the radio buttons do the same.
 */
import { takesKeys } from './coding-keys.js';

const VERDICTS = new Map([
  ['a', 'accepted'],
  ['r', 'rejected'],
  ['l', 'skipped'],
]);

/** @param {HTMLElement} form */
export function enhance(form) {
  const proposals = /** @type {HTMLElement[]} */ ([...form.querySelectorAll('[data-proposal]')]);
  let current = 0;
  /** @param {number} index */
  function goTo(index) {
    current = Math.max(0, Math.min(proposals.length - 1, index));
    for (const [at, one] of proposals.entries()) one.classList.toggle('proposal--current', at === current);
    proposals[current]?.focus({ preventScroll: true });
    proposals[current]?.scrollIntoView({ block: 'nearest' });
  }
  for (const one of proposals) one.tabIndex = -1;
  proposals[0]?.classList.add('proposal--current');
  const hint = document.createElement('p');
  hint.className = 'soft';
  hint.textContent = 'By key: A accepts, R rejects, L leaves for later, J and K move, S saves';
  form.prepend(hint);
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const isRadio = event.target instanceof HTMLInputElement && event.target.type === 'radio';
    if (takesKeys(event.target) && !isRadio) return;
    const key = event.key.toLowerCase();
    const verdict = VERDICTS.get(key);
    if (verdict !== undefined) {
      const box = proposals[current]?.querySelector(`[value="${verdict}"]`);
      if (box instanceof HTMLInputElement) box.checked = true;
      goTo(current + 1);
    } else if (key === 'j') goTo(current + 1);
    else if (key === 'k') goTo(current - 1);
    else if (key === 's' && form instanceof HTMLFormElement) form.requestSubmit();
    else return;
    event.preventDefault();
  });
}
