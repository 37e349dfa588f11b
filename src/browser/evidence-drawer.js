/**
 * Opens what stands behind a sentence beside the sheet rather than in its place: links marked `data-evidence` are fetched,
 * and the part of the page called `evidence` is shown in a dialog. Whatever does not go well goes to the page itself.
 */

/** @param {HTMLElement} sheet */
export function enhance(sheet) {
  const drawer = document.createElement('dialog');
  drawer.className = 'drawer';
  drawer.setAttribute('aria-labelledby', 'drawer-title');
  const top = document.createElement('div');
  top.className = 'drawer__top';
  const title = document.createElement('h2');
  title.id = 'drawer-title';
  const close = document.createElement('button');
  Object.assign(close, { type: 'button', className: 'btn btn--quiet btn--small', textContent: 'Close' });
  top.append(title, close);
  const whole = document.createElement('p');
  const link = document.createElement('a');
  link.textContent = 'Open it as a page';
  whole.append(link);
  const place = document.createElement('div');
  drawer.append(top, place, whole);
  sheet.append(drawer);

  close.addEventListener('click', () => drawer.close());
  drawer.addEventListener('click', (event) => {
    if (event.target === drawer) drawer.close();
  });
  // A recording does not play on in a drawer that is shut.
  drawer.addEventListener('close', () => place.replaceChildren());

  /** @param {string} address */
  async function open(address) {
    const response = await fetch(address, { headers: { accept: 'text/html' } });
    if (!response.ok || response.redirected) throw new Error('The page does not open');
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const part = page.getElementById('evidence');
    if (part === null) throw new Error('The page has no such part');
    title.textContent = part.dataset['title'] ?? '';
    link.href = address;
    // Names that stand on the sheet as well would be found there first.
    for (const element of [part, ...part.querySelectorAll('[id]')]) element.id = `drawer-${element.id}`;
    for (const name of ['for', 'aria-labelledby', 'aria-describedby'])
      for (const element of part.querySelectorAll(`[${name}]`)) {
        const ids = (element.getAttribute(name) ?? '').split(/\s+/).filter(Boolean);
        element.setAttribute(name, ids.map((id) => `drawer-${id}`).join(' '));
      }
    place.replaceChildren(document.adoptNode(part));
    if (!drawer.open) drawer.showModal();
    drawer.scrollTop = 0;
  }

  sheet.addEventListener('click', (event) => {
    const clicked = event.target instanceof Element ? event.target.closest('a[data-evidence]') : null;
    if (!(clicked instanceof HTMLAnchorElement)) return;
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const address = clicked.href;
    open(address).catch(() => {
      location.href = address;
    });
  });
}
