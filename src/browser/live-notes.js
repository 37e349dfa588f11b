/*
 * Notes that several people write during one talk: the clock goes on, what others change appears within seconds, and a
 * note is sent without leaving the page. A note that could not be sent stays in its box, which says so.
 */

const POLL_MS = 2500;

/**
 * @param {HTMLElement} root `data-live` is asked whether anything changed since `data-revision`
 */
export function enhance(root) {
  const live = root.dataset['live'] ?? '';
  let revision = root.dataset['revision'] ?? '';
  /** When the page learned how far the talk is. @type {{ elapsedMs: number, at: number, isRunning: boolean } | null} */
  let clock = null;
  const said = root.querySelector('[data-said]');

  /** @param {string} words @param {boolean} isWrong */
  const say = (words, isWrong = false) => {
    if (said === null) return;
    said.textContent = words;
    said.classList.toggle('talk__said--wrong', isWrong);
  };

  /** @returns {HTMLElement | null} */
  const face = () => root.querySelector('[data-elapsed]');
  const readClock = () => {
    const element = face();
    const elapsedMs = element?.dataset['elapsed'] ?? '';
    clock =
      element === null || elapsedMs === ''
        ? null
        : { elapsedMs: Number(elapsedMs), at: performance.now(), isRunning: 'running' in element.dataset };
  };
  /** @returns {number | null} milliseconds from the beginning of the talk */
  const elapsed = () =>
    clock === null ? null : clock.elapsedMs + (clock.isRunning ? performance.now() - clock.at : 0);
  const tick = () => {
    const element = face();
    const ms = elapsed();
    if (element !== null && ms !== null) element.textContent = clockText(ms);
  };

  /** Takes the regions of the page anew that others may have changed; what somebody types into stays. */
  const refresh = async () => {
    const response = await fetch(location.pathname, { headers: { accept: 'text/html' } });
    if (!response.ok) return false;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const fresh = page.querySelector('[data-live]');
    if (!(fresh instanceof HTMLElement)) return false;
    let isWhole = true;
    for (const region of root.querySelectorAll('[data-region]')) {
      const other = fresh.querySelector(`[data-region="${region.getAttribute('data-region')}"]`);
      if (other === null || other.innerHTML === region.innerHTML) continue;
      if (isBeingTypedIn(region)) {
        isWhole = false;
        continue;
      }
      const focused = region.contains(document.activeElement) ? (document.activeElement?.id ?? '') : '';
      const scrolled = region.scrollTop;
      region.innerHTML = other.innerHTML;
      region.scrollTop = scrolled;
      if (focused !== '') document.getElementById(focused)?.focus();
    }
    readClock();
    tick();
    // What had to stay as it was is looked at again the next time.
    if (isWhole) revision = fresh.dataset['revision'] ?? revision;
    return true;
  };

  const poll = async () => {
    try {
      if (document.visibilityState !== 'hidden') {
        const response = await fetch(`${live}?since=${revision}`, { headers: { accept: 'application/json' } });
        if (response.status === 200) await refresh();
      }
    } catch {
      // Nobody is there just now; the next time comes.
    }
    setTimeout(poll, POLL_MS);
  };

  /** @param {string} address @param {URLSearchParams} body */
  const send = async (address, body) => {
    const response = await fetch(address, { method: 'POST', headers: { accept: 'application/json' }, body });
    if (response.ok) return null;
    const problem = await response.json().catch(() => ({}));
    const details = (problem.errors ?? []).map((/** @type {{ detail: string }} */ { detail }) => detail);
    return [problem.title, problem.detail, ...details].filter(Boolean).join('. ') || 'The server does not take it';
  };

  const form = root.querySelector('form[data-write]');
  const box = form?.querySelector('textarea') ?? null;
  if (form instanceof HTMLFormElement && box !== null) {
    const entry = /** @type {HTMLInputElement} */ (form.elements.namedItem('entry'));
    const at = /** @type {HTMLInputElement} */ (form.elements.namedItem('at'));
    let isSending = false;
    box.addEventListener('input', () => {
      const ms = elapsed();
      if (box.value === '') at.value = '';
      else if (at.value === '' && ms !== null) at.value = String(Math.round(ms));
    });
    box.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (isSending) return;
      isSending = true;
      const words = box.value;
      say('Saving…');
      try {
        const refused = await send(form.action, new URLSearchParams(/** @type {any} */ (new FormData(form))));
        if (refused === null) {
          // What was typed while it was on its way is the beginning of the next.
          box.value = box.value.startsWith(words) ? box.value.slice(words.length).trimStart() : box.value;
          entry.value = newEntry();
          at.value = '';
          say('Saved');
          await refresh();
        } else say(`Not saved: ${refused}. It is still in the box`, true);
      } catch {
        say('Not sent: the server does not answer. The note is still in the box; save it again', true);
      } finally {
        isSending = false;
        box.focus();
      }
    });
  }

  root.addEventListener('submit', async (event) => {
    const sent = event.target;
    if (!(sent instanceof HTMLFormElement) || !('send' in sent.dataset)) return;
    event.preventDefault();
    const button = event.submitter instanceof HTMLButtonElement ? event.submitter : null;
    const body = new URLSearchParams(/** @type {any} */ (new FormData(sent, button)));
    try {
      const refused = await send(button?.hasAttribute('formaction') ? button.formAction : sent.action, body);
      if (refused !== null) return say(`Not done: ${refused}`, true);
      say('');
      sent.closest('details.more:not([data-region])')?.removeAttribute('open');
      for (const typed of sent.querySelectorAll('textarea, input[type="text"]'))
        if (typed instanceof HTMLTextAreaElement || typed instanceof HTMLInputElement) typed.defaultValue = typed.value;
      await refresh();
    } catch {
      say('Not done: the server does not answer. Try again', true);
    }
  });

  readClock();
  setInterval(tick, 1000);
  setTimeout(poll, POLL_MS);
}

/** True where a field holds what nobody sent yet. @param {Element} region */
const isBeingTypedIn = (region) =>
  [...region.querySelectorAll('textarea, input[type="text"]')].some(
    (field) =>
      (field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement) && field.value !== field.defaultValue,
  );

/** @param {number} ms */
function clockText(ms) {
  const seconds = Math.floor(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (/** @type {number} */ count) => String(count).padStart(2, '0');
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}

/** An id for a note, so that one that is sent twice is kept once. */
const newEntry = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
