/**
 * What was done and is not on the server yet. One thing is sent after the other; what does not arrive stays, is said to
 * be unsaved, and is sent again until it does. Everything that is sent may arrive twice without harm. Until then it also
 * stands in the tab's own storage, so that it outlives the page.
 */

/** @typedef {import('./coding-state.js').Change & { said: unknown }} Answer */
/** @typedef {{ title: string, detail: string }} Refusal */
/** @typedef {{ kind: string, path: string, fields: [string, string][], about: string, isFrozen?: boolean }} Item */

const WAITS_MS = [1000, 2000, 4000, 8000, 15000];

/**
 * @param {{ name: string, since: () => number, freeze: (item: Item) => void, onAnswer: (item: Item, answer: Answer) => void, onRefused: (item: Item, refusal: Refusal) => void, onState: (words: string) => void }} options
 *   `freeze` fills in what is only known when an item's turn comes
 */
export function createQueue({ name, since, freeze, onAnswer, onRefused, onState }) {
  /** @type {Item[]} */
  let items = [];
  let isSending = false;
  let failures = 0;
  let timer = 0;

  try {
    const kept = JSON.parse(sessionStorage.getItem(name) ?? '[]');
    if (Array.isArray(kept)) items = kept;
  } catch {
    // A browser may allow no storage; what is done on this page is still sent.
  }

  function keep() {
    try {
      if (items.length === 0) sessionStorage.removeItem(name);
      else sessionStorage.setItem(name, JSON.stringify(items));
    } catch {
      // As above.
    }
  }

  function tell() {
    if (items.length === 0) onState('Saved');
    else if (failures > 0)
      onState(`${items.length === 1 ? 'One change is' : `${items.length} changes are`} not saved yet, trying again`);
    else onState('Saving');
  }

  async function send() {
    const item = items[0];
    if (!item || isSending) return;
    isSending = true;
    clearTimeout(timer);
    if (!item.isFrozen) {
      freeze(item);
      item.isFrozen = true;
      keep();
    }
    /** @type {Response | null} */
    let response = null;
    /** @type {unknown} */
    let body = null;
    try {
      response = await fetch(item.path, {
        method: 'POST',
        headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams([...item.fields, ['since', String(since())]]),
      });
      body = await response.json();
    } catch {
      response = null;
    }
    isSending = false;
    const isToTryAgain =
      response === null || response.status === 401 || response.status === 429 || response.status >= 500;
    if (isToTryAgain) {
      failures += 1;
      timer = window.setTimeout(send, WAITS_MS[Math.min(failures, WAITS_MS.length) - 1]);
      tell();
      if (response?.status === 401)
        onState('Not saved yet: you are signed out. Sign in in another window; this page goes on then');
      return;
    }
    failures = 0;
    items.shift();
    keep();
    tell();
    if (response?.ok) onAnswer(item, /** @type {Answer} */ (body));
    // What is gone cannot be taken away once more: it is as it was asked to be.
    else if (!(response?.status === 404 && item.kind === 'remove')) onRefused(item, readRefusal(body));
    void send();
  }

  addEventListener('beforeunload', (event) => {
    if (items.length > 0 && failures > 0) event.preventDefault();
  });
  addEventListener('online', () => void send());

  return {
    /** @param {Item} item */
    add(item) {
      items.push(item);
      keep();
      tell();
      void send();
    },
    /** @param {string} id of a coding of which something is still to be sent */
    isPending: (id) =>
      items.some(({ path, fields }) => path.includes(`/${id}/`) || fields.some(([, value]) => value === id)),
    isEmpty: () => items.length === 0,
    /** Sends what an earlier page could not. */
    resume: () => {
      if (items.length > 0) tell();
      void send();
    },
  };
}
/** @typedef {ReturnType<typeof createQueue>} Queue */

/**
 * @param {unknown} body problem+json
 * @returns {Refusal}
 */
function readRefusal(body) {
  const {
    title = 'This was refused',
    detail = '',
    errors = [],
  } = /** @type {{ title?: string, detail?: string, errors?: { detail: string }[] }} */ (body ?? {});
  return { title, detail: [detail, ...errors.map((error) => error.detail)].filter(Boolean).join('. ') };
}

/** An id of the server's kind: 22 letters for 128 bits of chance. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
