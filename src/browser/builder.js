/**
 * The survey builder beside its forms: saves the open form after a pause and says so, brings the preview up to date, and
 * lets the keys do what links and buttons do: j and k through the outline, Alt and arrows to move, a or / to add.
 * Without it every form has its button.
 */

const PAUSE_MS = 900;
/** How far a pointer moves before it drags rather than clicks. */
const DRAG_LEAST_PX = 6;

/** @typedef {{ revision: number, isChanged: boolean, saved: string, mayUndo: boolean, mayRedo: boolean,
 *   faultCount: number, label: string | null, preview: string | null, fields: { name: string, detail: string }[],
 *   code: string | null, filled?: Record<string, string> }} Saved */

/**
 * Puts a preview's HTML where the old one stands, its shadow with it.
 *
 * @param {Element} place
 * @param {string} html as the server wrote it
 */
function showPreview(place, html) {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const fresh = parsed.querySelector('.preview');
  if (fresh === null) return;
  const sheet = document.createElement('div');
  sheet.className = fresh.className;
  const template = fresh.querySelector('template');
  if (template === null) sheet.append(...fresh.childNodes);
  else {
    const shadow = sheet.attachShadow({ mode: 'open' });
    const styles = place.querySelector('.preview')?.shadowRoot?.querySelector('link');
    shadow.append(document.importNode(template.content, true));
    // The sheet that is there already is taken along, so that nothing flickers.
    if (styles) shadow.querySelector('link')?.replaceWith(styles);
  }
  place.replaceChildren(sheet);
}

/**
 * Says what is wrong beside each field, and takes back what is right again.
 *
 * @param {HTMLFormElement} form
 * @param {readonly { name: string, detail: string }[]} fields
 */
function showFaults(form, fields) {
  for (const said of form.querySelectorAll('[data-said]')) said.remove();
  for (const field of form.querySelectorAll('.field--error')) {
    field.classList.remove('field--error');
    field.querySelector('.field__error')?.remove();
    field.querySelector('[aria-invalid]')?.removeAttribute('aria-invalid');
  }
  for (const { name, detail } of fields) {
    const input = form.elements.namedItem(name);
    if (!(input instanceof HTMLElement)) continue;
    const words = document.createElement('p');
    words.className = 'field__error';
    words.id = `${input.id}-error`;
    words.dataset['said'] = '';
    words.textContent = detail;
    input.closest('.field')?.classList.add('field--error');
    input.before(words);
    input.setAttribute('aria-invalid', 'true');
    const described = new Set((input.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean));
    input.setAttribute('aria-describedby', [...described.add(words.id)].join(' '));
  }
}

/**
 * Follows a new question's code, which its words give it, wherever the page names it.
 *
 * @param {HTMLElement} builder
 * @param {string} from
 * @param {string} to
 */
function followCode(builder, from, to) {
  for (const input of builder.querySelectorAll('input[name="question"], input[name="after"], #code'))
    if (input instanceof HTMLInputElement && input.value === from) input.value = to;
  for (const item of builder.querySelectorAll('[data-question]'))
    if (item instanceof HTMLElement && item.dataset['question'] === from) item.dataset['question'] = to;
  for (const name of builder.querySelectorAll('[data-code-name]')) name.textContent = to;
  /** @param {string} address */
  const followed = (address) => {
    const url = new URL(address);
    if (url.searchParams.get('question') === from) url.searchParams.set('question', to);
    return url.href;
  };
  for (const link of builder.querySelectorAll('a[href*="question="]'))
    if (link instanceof HTMLAnchorElement) link.href = followed(link.href);
  history.replaceState(history.state, '', followed(location.href));
}

/** @param {HTMLElement} builder */
export function enhance(builder) {
  const at = builder.dataset['at'] ?? '';
  const settings = builder.querySelector('[data-settings]');
  if (settings instanceof HTMLFormElement) saveWhileTyping(builder, settings);
  const outline = builder.querySelector('[data-outline]');
  const adder = builder.querySelector('[data-adder]');
  const kind = builder.querySelector('[data-kind]');
  if (kind instanceof HTMLSelectElement) {
    builder.querySelector('[data-kind-button]')?.setAttribute('hidden', '');
    // A list that is walked through with the arrows changes with every step, so the choice counts when it is left.
    const first = kind.value;
    let isByKey = false;
    kind.addEventListener('keydown', (event) => {
      isByKey = event.key !== 'Enter';
      if (event.key === 'Enter' && kind.value !== first) kind.form?.requestSubmit();
    });
    kind.addEventListener('pointerdown', () => {
      isByKey = false;
    });
    kind.addEventListener('change', () => {
      if (!isByKey) kind.form?.requestSubmit();
    });
    kind.addEventListener('blur', () => {
      if (kind.value !== first) kind.form?.requestSubmit();
    });
  }
  if (outline instanceof HTMLElement) {
    walkWithKeys(builder, outline, adder instanceof HTMLDetailsElement ? adder : null);
    dragInOutline(builder, outline, at);
  }
  if (location.hash === '#text') document.getElementById('text')?.focus();
  const keys = builder.querySelector('[data-keys]');
  if (keys instanceof HTMLElement) keys.hidden = false;
}

/**
 * @param {HTMLElement} builder
 * @param {HTMLFormElement} form
 */
function saveWhileTyping(builder, form) {
  const said = builder.querySelector('[data-saved]');
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  let isSaving = false;
  let isWaiting = false;
  let isLeaving = false;
  let isDirty = false;
  let hasStayed = false;
  /** @type {(() => void) | null} */
  let sendAgain = null;

  /** @param {string} words @param {boolean} isWrong */
  const say = (words, isWrong = false) => {
    if (said === null) return;
    said.textContent = words;
    said.classList.toggle('builder__saved--wrong', isWrong);
  };

  const save = async () => {
    clearTimeout(pause);
    if (isSaving) {
      isWaiting = true;
      return;
    }
    isSaving = true;
    isDirty = false;
    say('Saving…');
    try {
      const response = await fetch(form.action, {
        method: 'POST',
        headers: { accept: 'application/json' },
        body: new URLSearchParams(/** @type {any} */ (new FormData(form))),
      });
      if (response.status === 409) {
        // Somebody else was here: the server's page shows both.
        isLeaving = true;
        HTMLFormElement.prototype.submit.call(form);
        return;
      }
      const answer = await response.json();
      if (response.status === 422) {
        isDirty = true;
        say(answer.said ?? 'Not saved yet: there is something to mend', true);
        showFaults(form, answer.fields ?? []);
      } else if (response.ok) bring(answer);
      else {
        isDirty = true;
        say('Not saved. Press Save to try again', true);
      }
    } catch {
      isDirty = true;
      say('Not saved: the server does not answer. Your words are still here', true);
    } finally {
      isSaving = false;
      if (sendAgain !== null && !isLeaving) {
        const send = sendAgain;
        sendAgain = null;
        isWaiting = false;
        send();
      } else if (isWaiting && !isLeaving) {
        isWaiting = false;
        void save();
      }
    }
  };

  /** @param {Saved} answer */
  const bring = (answer) => {
    say(answer.saved);
    for (const input of builder.querySelectorAll('[data-revision]'))
      if (input instanceof HTMLInputElement) input.value = String(answer.revision);
    for (const [name, may] of /** @type {const} */ ([
      ['undo', answer.mayUndo],
      ['redo', answer.mayRedo],
    ])) {
      const button = builder.querySelector(`[data-${name}]`);
      if (button instanceof HTMLButtonElement) button.disabled = !may;
    }
    const faults = builder.querySelector('[data-faults]');
    if (faults instanceof HTMLElement) {
      faults.hidden = answer.faultCount === 0;
      if (faults.firstChild) faults.firstChild.textContent = String(answer.faultCount);
    }
    const label = builder.querySelector('[data-question] [aria-current] .outline__text')?.firstChild;
    if (label && answer.label !== null) label.textContent = answer.label;
    const preview = builder.querySelector('[data-preview]');
    if (preview && answer.preview !== null) showPreview(preview, answer.preview);
    for (const [name, value] of Object.entries(answer.filled ?? {})) {
      const input = form.elements.namedItem(name);
      if (!(input instanceof HTMLInputElement) || input === document.activeElement) continue;
      if (input.type === 'checkbox') input.checked = value !== '';
      else input.value = value;
    }
    showFaults(form, answer.fields);
    const named = form.querySelector('input[name="question"]');
    if (named instanceof HTMLInputElement && answer.code !== null && answer.code !== named.value)
      followCode(builder, named.value, answer.code);
  };

  const later = () => {
    clearTimeout(pause);
    say('Writing…');
    pause = setTimeout(save, PAUSE_MS);
    isDirty = true;
  };
  form.addEventListener('input', (event) => {
    // What is taken away moves up what follows, so the page is shown anew.
    const isRemoval = event.target instanceof HTMLInputElement && event.target.name.endsWith('.remove');
    if (isRemoval) form.requestSubmit();
    else later();
  });
  // Fields that make others appear are sent whole, so that the page can show them.
  form.addEventListener('submit', (event) => {
    clearTimeout(pause);
    if (!isSaving) return;
    // What is on its way would be met as somebody else's change.
    event.preventDefault();
    sendAgain = () => form.requestSubmit(event.submitter instanceof HTMLElement ? event.submitter : undefined);
  });
  addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      event.preventDefault();
      void save();
    }
  });
  // What was typed less than a pause ago goes along when one leaves by a link.
  addEventListener('pagehide', () => {
    if (!isDirty || isLeaving) return;
    clearTimeout(pause);
    navigator.sendBeacon?.(form.action, new URLSearchParams(/** @type {any} */ (new FormData(form))));
  });
  builder.addEventListener('click', async (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (!(link instanceof HTMLAnchorElement) || !isDirty || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    await save();
    if (isLeaving) return;
    // What could not be saved is pointed at once; who wants to leave it behind clicks again.
    if (isDirty && !hasStayed) {
      hasStayed = true;
      return;
    }
    isDirty = false;
    location.assign(link.href);
  });
  // Other forms of the page carry the revision and the code: what is being written is saved first.
  builder.addEventListener('submit', async (event) => {
    const other = event.target;
    if (!(other instanceof HTMLFormElement) || other === form || !(isDirty || isSaving)) return;
    event.preventDefault();
    const send = () => other.requestSubmit(event.submitter instanceof HTMLElement ? event.submitter : undefined);
    if (isSaving) {
      sendAgain = send;
      return;
    }
    await save();
    isDirty = false;
    if (!isLeaving) send();
  });
  form.addEventListener('submit', (event) => {
    if (!event.defaultPrevented) isDirty = false;
  });
}

/**
 * @param {Event} event also one from within a preview, whose shadow hides where it came from
 */
const isTyping = (event) => {
  const [target] = event.composedPath();
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
};

/**
 * @param {HTMLElement} builder
 * @param {HTMLElement} outline
 * @param {HTMLDetailsElement | null} adder
 */
function walkWithKeys(builder, outline, adder) {
  const links = () =>
    /** @type {HTMLAnchorElement[]} */ ([...outline.querySelectorAll('a.outline__link')]).filter(
      (link) => link.offsetParent !== null,
    );
  const current = () => outline.querySelector('[aria-current]');
  // One stop for the Tab key: the arrows go on from there.
  const rove = (/** @type {Element | null} */ focused) => {
    for (const link of links()) link.tabIndex = link === (focused ?? links()[0]) ? 0 : -1;
  };
  rove(current());
  const here = current();
  if (here instanceof HTMLElement) {
    here.scrollIntoView({ block: 'nearest' });
    if (sessionStorage.getItem('builder-focus') === '1') here.focus();
  }
  sessionStorage.removeItem('builder-focus');

  const step = (/** @type {number} */ by, /** @type {Element | null} */ from) => {
    const all = links();
    const index = all.indexOf(/** @type {any} */ (from));
    const next = all[Math.max(0, Math.min(all.length - 1, index + by))];
    if (next === undefined) return;
    rove(next);
    next.focus();
  };
  outline.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const from = document.activeElement;
    const moves = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1, Home: -10_000, End: 10_000 });
    const by = moves[event.key];
    if (by === undefined) return;
    event.preventDefault();
    step(by, from);
  });
  addEventListener('keydown', (event) => {
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      const button = builder.querySelector(`[data-tools] [value="${event.key === 'ArrowUp' ? 'up' : 'down'}"]`);
      if (
        !(button instanceof HTMLButtonElement) ||
        (isTyping(event) && !outline.contains(/** @type {any} */ (event.target)))
      )
        return;
      event.preventDefault();
      sessionStorage.setItem('builder-focus', '1');
      button.form?.requestSubmit(button);
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey || isTyping(event)) return;
    if (event.key === 'j' || event.key === 'k') {
      event.preventDefault();
      const all = links();
      const at = all.indexOf(
        /** @type {any} */ (outline.contains(document.activeElement) ? document.activeElement : current()),
      );
      const next = all[at + (event.key === 'j' ? 1 : -1)];
      if (next) {
        sessionStorage.setItem('builder-focus', '1');
        next.click();
      }
    } else if ((event.key === 'a' || event.key === '/') && adder) {
      event.preventDefault();
      adder.open = true;
      const first = adder.querySelector('.adder__kind');
      if (first instanceof HTMLElement) first.focus();
    } else if (event.key === 'Escape' && adder?.open) adder.open = false;
  });
  adder?.addEventListener('keydown', (event) => {
    const kinds = /** @type {HTMLElement[]} */ ([...adder.querySelectorAll('.adder__kind')]);
    const index = kinds.indexOf(/** @type {any} */ (document.activeElement));
    if (event.key === 'Escape') {
      adder.open = false;
      adder.querySelector('summary')?.focus();
    } else if (index >= 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      kinds[(index + (event.key === 'ArrowDown' ? 1 : -1) + kinds.length) % kinds.length]?.focus();
    } else if (index >= 0 && event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      // The first letters of a kind lead to it.
      const wanted = [...kinds.slice(index + 1), ...kinds.slice(0, index + 1)].find((one) =>
        one.textContent?.trim().toLowerCase().startsWith(event.key.toLowerCase()),
      );
      wanted?.focus();
      event.stopPropagation();
    }
  });
  document.addEventListener('click', (event) => {
    if (adder?.open && event.target instanceof Node && !adder.contains(event.target)) adder.open = false;
  });
}

/**
 * Dragging a question in the outline, for those who like to; the arrows do the same.
 *
 * @param {HTMLElement} builder
 * @param {HTMLElement} outline
 * @param {string} at
 */
function dragInOutline(builder, outline, at) {
  /** @type {{ item: HTMLElement, x: number, y: number, isMoving: boolean } | null} */
  let drag = null;
  /** @type {HTMLElement | null} */
  let target = null;
  const clear = () => {
    for (const one of outline.querySelectorAll('.outline__drop, .outline__drag'))
      one.classList.remove('outline__drop', 'outline__drag');
  };
  outline.addEventListener('dragstart', (event) => event.preventDefault());
  outline.addEventListener('pointerdown', (event) => {
    const item = event.target instanceof Element ? event.target.closest('[data-question]') : null;
    // A finger scrolls the outline.
    if (!(item instanceof HTMLElement) || event.button !== 0 || event.pointerType === 'touch') return;
    drag = { item, x: event.clientX, y: event.clientY, isMoving: false };
  });
  addEventListener('pointermove', (event) => {
    if (drag === null) return;
    if (!drag.isMoving) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < DRAG_LEAST_PX) return;
      drag.isMoving = true;
    }
    clear();
    drag.item.classList.add('outline__drag');
    const over = document.elementFromPoint(event.clientX, event.clientY);
    const found = over?.closest('[data-question], [data-page]') ?? null;
    target = found instanceof HTMLElement && outline.contains(found) ? found : null;
    target?.classList.add('outline__drop');
  });
  addEventListener('pointerup', () => {
    if (drag === null) return;
    const { item, isMoving } = drag;
    drag = null;
    clear();
    if (!isMoving) return;
    // The click that ends a drag is no click on a link.
    addEventListener('click', (event) => event.preventDefault(), { capture: true, once: true });
    const page = target?.closest('[data-page]');
    if (target === null || target === item || !(page instanceof HTMLElement)) return;
    const form = document.createElement('form');
    form.method = 'post';
    form.action = `${at}/arrange`;
    const revision = builder.querySelector('[data-revision]');
    const fields = {
      revision: revision instanceof HTMLInputElement ? revision.value : '',
      question: item.dataset['question'] ?? '',
      do: 'move',
      to: page.dataset['page'] ?? '',
      before: target.dataset['question'] ?? '',
      language: builder.dataset['language'] ?? '',
    };
    for (const [name, value] of Object.entries(fields)) {
      const input = document.createElement('input');
      input.type = 'hidden';
      input.name = name;
      input.value = value;
      form.append(input);
    }
    builder.append(form);
    form.requestSubmit();
  });
}
