/**
 * What was done and is not on the server yet. One thing is sent after the other; what does not arrive stays, is said to
 * be unsaved, and is sent again until it does. What the server fails at again and again lets pass whatever is about
 * something else. Everything that is sent may arrive twice without harm. Until then it also stands in the tab's own
 * storage, so that it outlives the page.
 */

/** @typedef {import('./coding-state.js').Change & { said: unknown }} Answer */
/** @typedef {{ title: string, detail: string }} Refusal */
/** @typedef {{ kind: string, path: string, fields: [string, string][], about: string, isFrozen?: boolean, tries?: number, retryAt?: number }} Item
 *   `tries`: how often the server failed at it, and when it is sent again, in milliseconds */

const WAITS_MS = [1000, 2000, 4000, 8000, 15000];
/** So often the server may fail at one thing before others go past it. */
const TRIES_MOST = 5;

const waitAfter = (/** @type {number} */ tries) => WAITS_MS[Math.min(tries, WAITS_MS.length) - 1] ?? 0;

/**
 * What an item is about: things about the same are sent in the order they were done.
 *
 * @param {Item} item
 */
function subjectsOf({ path, fields }) {
  const named = /\/(?:codings|memos)\/([\w-]{22})(?:\/|$)/.exec(path)?.[1];
  const ids = [
    ...fields.flatMap(([name, value]) => (name === 'id' || name === 'subject' ? [value] : [])),
    ...(named ? [named] : []),
  ];
  return ids.length > 0 ? ids : [path];
}

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
    if (Array.isArray(kept)) items = kept.map((item) => ({ ...item, tries: 0, retryAt: 0 }));
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

  const isLate = () => failures > 0 || items.some(({ tries = 0 }) => tries > 0);

  function tell() {
    if (items.length === 0) onState('Saved');
    else if (isLate())
      onState(`${items.length === 1 ? 'One change is' : `${items.length} changes are`} not saved yet, trying again`);
    else onState('Saving');
  }

  /** The first that may be sent now: not before its pause is over, and not past anything about the same. */
  function choose() {
    /** @type {Set<string>} */
    const held = new Set();
    for (const item of items) {
      const { kind, tries = 0, retryAt = 0 } = item;
      const subjects = subjectsOf(item);
      // What is taken back or done again is the last thing done, so it goes past nothing.
      const isTurn = kind === 'undo' || kind === 'redo';
      const isBehind = held.size > 0 && (isTurn || subjects.some((subject) => held.has(subject)));
      if (!isBehind && retryAt <= Date.now()) return item;
      if (isTurn || (!isBehind && tries < TRIES_MOST)) return null;
      for (const subject of subjects) held.add(subject);
    }
    return null;
  }

  async function send() {
    if (isSending || items.length === 0) return;
    clearTimeout(timer);
    const item = choose();
    if (!item) {
      const times = items.flatMap(({ retryAt = 0 }) => (retryAt > Date.now() ? [retryAt] : []));
      timer = window.setTimeout(send, Math.max(0, Math.min(...times) - Date.now()));
      return;
    }
    isSending = true;
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
    if (response !== null && response.status >= 500) {
      failures = 0;
      item.tries = (item.tries ?? 0) + 1;
      item.retryAt = Date.now() + waitAfter(item.tries);
      keep();
      tell();
      void send();
      return;
    }
    if (response === null || response.status === 401 || response.status === 429) {
      failures += 1;
      timer = window.setTimeout(send, waitAfter(failures));
      tell();
      if (response?.status === 401)
        onState('Not saved yet: you are signed out. Sign in in another window; this page goes on then');
      return;
    }
    failures = 0;
    items = items.filter((one) => one !== item);
    keep();
    tell();
    if (response.ok) onAnswer(item, /** @type {Answer} */ (body));
    // What is gone cannot be taken away once more: it is as it was asked to be.
    else if (!(response.status === 404 && item.kind === 'remove')) onRefused(item, readRefusal(body));
    void send();
  }

  addEventListener('beforeunload', (event) => {
    if (items.length > 0 && isLate()) event.preventDefault();
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
