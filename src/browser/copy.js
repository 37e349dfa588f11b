/**
 * A button that copies what stands beside it: the text or value of `[data-copy-text]`. Reads `data-copy`, what the button
 * is called, and `data-copied`, what it says once that is done. Where copying is not allowed there is no button.
 */

const SAID_MS = 4000;

/** @param {HTMLElement} element holds the text */
export function enhance(element) {
  const source = element.querySelector('[data-copy-text]');
  if (source === null || !('clipboard' in navigator)) return;
  const { copy = '', copied = '' } = element.dataset;
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: 'btn btn--quiet', textContent: copy });
  const said = document.createElement('span');
  said.setAttribute('role', 'status');
  said.className = 'soft small';
  button.addEventListener('click', async () => {
    const text = source instanceof HTMLInputElement ? source.value : (source.textContent ?? '');
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Then it is marked, so that one can copy it by hand.
      if (source instanceof HTMLInputElement) source.select();
      else getSelection()?.selectAllChildren(source);
      return;
    }
    said.textContent = copied;
    setTimeout(() => {
      said.textContent = '';
    }, SAID_MS);
  });
  element.append(button, said);
}
