/**
 * Holds on to what was typed until it is known to have arrived. A page is sent as browsers send forms; when there is no
 * connection it is not sent at all, and the page says so and tries again on request, at the same address and with the
 * same answers, which the server takes once only. Until the next page comes the answers stand in the tab's own storage,
 * so that even a page the browser has thrown away can be filled in again.
 *
 * On a form, reads `data-lost-title`, `data-lost-text`, `data-lost-again` and `data-lost-download`. On an element with
 * `data-refused` it means that the server took nothing of what was sent and says why, so that the page is only filled in
 * again. On anything else it means that everything has arrived, and what was kept goes.
 */

const KEPT = 'verbatim-kept';

/** @typedef {[string, string][]} Fields */

/** @typedef {{ address: string, fields: Fields, isRefused?: boolean }} Kept */

/** @returns {Kept | null} */
function readKept() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null');
    return kept !== null && typeof kept.address === 'string' && Array.isArray(kept.fields) ? kept : null;
  } catch {
    return null;
  }
}

/** @param {Kept | null} kept null to forget */
function keep(kept) {
  try {
    if (kept === null) sessionStorage.removeItem(KEPT);
    else sessionStorage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    // A browser may allow no storage; the page itself still holds the answers then.
  }
}

/**
 * @param {HTMLFormElement} form
 * @returns {Fields} what it would send, without files, which cannot be kept
 */
function fieldsOf(form) {
  return [...new FormData(form)].flatMap(([name, value]) =>
    typeof value === 'string' ? [/** @type {[string, string]} */ ([name, value])] : [],
  );
}

/**
 * @param {HTMLFormElement} form
 * @param {Fields} fields
 */
function fill(form, fields) {
  for (const control of form.elements) {
    if (control instanceof HTMLInputElement && (control.type === 'checkbox' || control.type === 'radio')) {
      control.checked = fields.some(([name, value]) => name === control.name && value === control.value);
    } else if (
      (control instanceof HTMLInputElement && control.type !== 'file' && control.type !== 'hidden') ||
      control instanceof HTMLTextAreaElement ||
      control instanceof HTMLSelectElement
    ) {
      const found = fields.find(([name]) => name === control.name);
      if (control.name === '' || found === undefined) continue;
      control.value = found[1];
      control.dispatchEvent(new Event('input', { bubbles: true }));
      control.dispatchEvent(new Event('change', { bubbles: true }));
    }
  }
}

/**
 * The answers as a person would write them down: each question, and below it what was chosen or typed.
 *
 * @param {HTMLFormElement} form
 */
function asText(form) {
  /** @param {Element | null | undefined} element */
  const words = (element) => (element?.textContent ?? '').replace(/\s+/g, ' ').trim();
  const lines = [document.title, new Date().toLocaleString(document.documentElement.lang), ''];
  for (const question of form.querySelectorAll('.question')) {
    lines.push(words(question.querySelector('.question__text, .statement') ?? question));
    for (const control of question.querySelectorAll('input, textarea, select')) {
      if (control instanceof HTMLSelectElement && control.value !== '') {
        const name = control.getAttribute('aria-label');
        lines.push(`  ${name === null ? '' : `${name}: `}${control.selectedOptions[0]?.text ?? ''}`);
      } else if (control instanceof HTMLTextAreaElement && control.value !== '') {
        lines.push(`  ${control.value}`);
      } else if (control instanceof HTMLInputElement && control.name !== '' && control.type !== 'hidden') {
        const isChoice = control.type === 'radio' || control.type === 'checkbox';
        if (isChoice ? !control.checked : control.value === '') continue;
        const labels = (control.getAttribute('aria-labelledby') ?? '').split(' ').filter(Boolean);
        const label =
          labels.length > 0
            ? labels.map((id) => words(document.getElementById(id))).join(': ')
            : words(control.labels?.[0]);
        const isOnly = control.labels?.[0]?.classList.contains('question__text') ?? false;
        lines.push(`  ${isChoice ? label : isOnly ? control.value : `${label}: ${control.value}`}`);
      }
    }
    lines.push('');
  }
  return lines.join('\n');
}

/**
 * The message that nothing was sent, above the button that sends.
 *
 * @param {HTMLFormElement} form
 * @param {() => void} tryAgain
 */
function lostMessage(form, tryAgain) {
  const { lostTitle = '', lostText = '', lostAgain = '', lostDownload } = form.dataset;
  const message = document.createElement('div');
  message.className = 'lost';
  message.tabIndex = -1;
  message.setAttribute('role', 'alert');
  const heading = document.createElement('h2');
  heading.textContent = lostTitle;
  const text = document.createElement('p');
  text.textContent = lostText;
  const buttons = document.createElement('p');
  buttons.className = 'copy';
  const again = document.createElement('button');
  Object.assign(again, { type: 'button', className: 'btn', textContent: lostAgain });
  again.addEventListener('click', tryAgain);
  buttons.append(again);
  if (lostDownload !== undefined) {
    const download = document.createElement('button');
    Object.assign(download, { type: 'button', className: 'btn btn--quiet', textContent: lostDownload });
    download.addEventListener('click', () => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([asText(form)], { type: 'text/plain;charset=utf-8' }));
      link.download = 'my-answers.txt';
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
    buttons.append(download);
  }
  message.append(heading, text, buttons);
  return message;
}

/** @param {HTMLElement} element */
export function enhance(element) {
  if (element.dataset['refused'] !== undefined) {
    const refused = readKept();
    return keep(refused && { ...refused, isRefused: true });
  }
  if (!(element instanceof HTMLFormElement)) return keep(null);
  const form = element;
  const address = location.pathname;
  let isSending = false;
  /** @type {HTMLElement | null} */
  let message = null;

  const say = () => {
    isSending = false;
    form.removeAttribute('aria-busy');
    message?.remove();
    message = lostMessage(form, tryAgain);
    form.querySelector('.row')?.before(message);
    message.focus();
  };

  /** The same post once more. What the server says is shown only when it said something. */
  async function tryAgain() {
    if (isSending) return;
    isSending = true;
    form.setAttribute('aria-busy', 'true');
    const data = new FormData(form);
    keep({ address, fields: fieldsOf(form) });
    try {
      const body =
        form.enctype === 'multipart/form-data'
          ? data
          : new URLSearchParams(/** @type {[string, string][]} */ ([...data]));
      const answer = await fetch(form.action, { method: 'POST', body, headers: { accept: 'text/html' } });
      if (answer.redirected && answer.ok) {
        keep(null);
        location.assign(answer.url);
      } else if (answer.status >= 500 || answer.status === 429) say();
      // It arrived and something is to be put right: the browser shows that itself.
      else form.submit();
    } catch {
      say();
    }
  }

  form.addEventListener('submit', (event) => {
    if (isSending) return event.preventDefault();
    keep({ address, fields: fieldsOf(form) });
    if (navigator.onLine) {
      isSending = true;
      return;
    }
    event.preventDefault();
    say();
  });
  // A page that comes back out of the browser's memory may be sent again.
  addEventListener('pageshow', (event) => {
    if (event.persisted) isSending = false;
  });

  const kept = readKept();
  if (kept === null) return;
  if (kept.address !== address) return keep(null);
  // The server's own page after a mistake is at the same address and holds what was typed already.
  if (document.querySelector('.error-summary') !== null) return;
  fill(form, kept.fields);
  if (kept.isRefused) keep(null);
  else say();
}
