/**
 * Loads what a page asks for: an element with `data-enhance="character-count"` gets `character-count.js`. Every page
 * works without; a script that does not arrive leaves it as it was.
 */

/** @typedef {{ enhance: (element: HTMLElement) => void }} Enhancement */

for (const element of document.querySelectorAll('[data-enhance]')) {
  if (element instanceof HTMLElement) {
    for (const name of (element.dataset['enhance'] ?? '').split(' ').filter(Boolean)) {
      /** @type {Promise<Enhancement>} */
      const loading = import(`./${name}.js`);
      loading.then(({ enhance }) => enhance(element)).catch(() => undefined);
    }
  }
}

// Within another site's page, that page is told how tall this one is and when it is done.
if (window.parent !== window) import('./framed.js').catch(() => undefined);
