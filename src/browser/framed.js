/*
 * A survey that stands in a frame of another site's page. The page's headers let only registered sites frame it, so
 * whoever is outside is one of them; it says hello first, and is answered at its exact address.
 */

/** @type {string | null} */
let outside = null;

/** @param {{ kind: 'size' | 'done' | 'close', height?: number }} words */
const say = (words) => {
  if (outside !== null) window.parent.postMessage({ verbatim: 1, ...words }, outside);
};

const tellSize = () => say({ kind: 'size', height: document.documentElement.scrollHeight });

addEventListener('message', ({ source, origin, data }) => {
  if (source !== window.parent || data?.verbatim !== 1 || data.kind !== 'hello') return;
  outside = origin;
  tellSize();
  if (document.querySelector('[data-done]')) say({ kind: 'done' });
});

new ResizeObserver(tellSize).observe(document.documentElement);

addEventListener('keydown', ({ key, defaultPrevented }) => {
  if (key === 'Escape' && !defaultPrevented) say({ kind: 'close' });
});
