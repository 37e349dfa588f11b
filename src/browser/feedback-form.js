/**
 * The feedback form within another site's page: that page says where it stands and who is there, and marks the part of it
 * that is meant. The page's headers let only registered sites frame it, so whoever is outside is one of them.
 */

const TOLD = [
  'page',
  'title',
  'locale',
  'lang',
  'viewport',
  'release',
  'replay_url',
  'userId',
  'userHash',
  'anonymousId',
];

/** @param {HTMLElement} form with the words that are said beside a mark */
export function enhance(form) {
  if (window.parent === window) return;
  /** @type {string | null} */
  let outside = null;
  const field = (/** @type {string} */ name) =>
    /** @type {HTMLInputElement | null} */ (form.querySelector(`[name="${name}"]`));
  const area = form.querySelector('.feedback-mark');
  const now = form.querySelector('.feedback-mark__now');
  const mark = form.querySelector('[data-mark]');
  const unmark = form.querySelector('[data-unmark]');

  /** @param {unknown} value what was marked, as the page outside tells it; anything else is nothing */
  const show = (value) => {
    const said = /** @type {{ tag?: unknown, text?: unknown } | null} */ (value);
    const input = field('mark');
    if (!input || !now || !(unmark instanceof HTMLElement)) return;
    input.value = said === null ? '' : JSON.stringify(said);
    const name =
      said === null ? '' : [said.tag, said.text].filter((part) => typeof part === 'string' && part).join(' · ');
    now.textContent = said === null ? '' : (form.dataset['marked'] ?? '').replace('{n}', name);
    unmark.hidden = said === null;
  };

  addEventListener('message', ({ source, origin, data }) => {
    if (source !== window.parent || data?.verbatim !== 1) return;
    if (data.kind === 'hello') {
      outside = origin;
      window.parent.postMessage({ verbatim: 1, kind: 'ready' }, outside);
    } else if (origin !== outside) return;
    else if (data.kind === 'context' && typeof data.context === 'object' && data.context !== null) {
      for (const name of TOLD) {
        const input = field(name);
        const value = data.context[name];
        if (input && typeof value === 'string') input.value = value;
      }
      const page = form.querySelector('[data-page-field]');
      if (page instanceof HTMLElement) page.hidden = true;
      if (area instanceof HTMLElement) area.hidden = false;
    } else if (data.kind === 'marked') {
      if (typeof data.mark === 'object') show(data.mark);
      if (mark instanceof HTMLElement) mark.focus();
    }
  });

  mark?.addEventListener('click', () => {
    if (outside !== null) window.parent.postMessage({ verbatim: 1, kind: 'mark', help: form.dataset['help'] }, outside);
  });
  unmark?.addEventListener('click', () => {
    show(null);
    if (mark instanceof HTMLElement) mark.focus();
  });
  const kept = field('mark')?.value ?? '';
  if (kept !== '')
    try {
      show(JSON.parse(kept));
    } catch {
      show(null);
    }
}
