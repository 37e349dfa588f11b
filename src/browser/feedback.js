/*
 * What the widget fetches when a visitor wants to say something: the frame with the form, and the marking of a part of the
 * page. No picture is taken; of what is marked go its selector, its place and the beginning of its words, and nothing from
 * within `data-private` or from fields.
 */

/** @typedef {{ x: number, y: number, width: number, height: number, left: number, top: number, selector: string, tag: string, text: string, page: { width: number, height: number } }} Mark */

const TEXT_MAX = 120;
const SELECTOR_MAX = 500;
/** What may be reached by keyboard: what carries content, not what merely holds it. */
const PARTS =
  'h1,h2,h3,h4,h5,h6,p,li,dt,dd,a,button,label,input,select,textarea,img,svg,video,audio,iframe,figure,table,th,td,summary,blockquote,pre,form,nav,[role]';
const UNREAD = '[data-private],input,textarea,select,option,[contenteditable],script,style,noscript,template';

const style = new CSSStyleSheet();
style.replaceSync(
  'dialog.form{color-scheme:light dark;padding-top:56px;height:min(680px,88vh)}.part{position:fixed;z-index:2147483001;pointer-events:none;box-sizing:border-box;outline:3px solid #1f5c57;outline-offset:1px;box-shadow:0 0 0 3px #fff,0 0 0 9999px #0003}.help{position:fixed;inset:auto 12px 12px 12px;z-index:2147483002;margin:0 auto;max-width:560px;padding:12px 16px;border-radius:8px;background:#123b38;color:#fff;font:500 15px/1.4 system-ui,sans-serif;box-sizing:border-box}.help p{margin:0}.help button{margin:8px 0 0;background:#fff;color:#123b38}',
);

/**
 * A page's element, never one from within what is private, which may lie within what is private in turn.
 *
 * @param {Element} element
 * @returns {Element | null}
 */
function allowed(element) {
  const hidden = element.closest('[data-private]');
  if (!hidden) return element;
  return hidden.parentElement && allowed(hidden.parentElement);
}

/**
 * The beginning of the words in an element, without what people type and what is private.
 *
 * @param {Element} element
 */
function wordsOf(element) {
  if (element.closest(UNREAD)) return '';
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
    node instanceof Element && node.matches(UNREAD) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  let words = '';
  while (words.length < TEXT_MAX * 4 && walker.nextNode())
    if (walker.currentNode instanceof Text) words += ` ${walker.currentNode.data}`;
  return [...words.replace(/\s+/g, ' ').trim()].slice(0, TEXT_MAX).join('');
}

/** An id that somebody wrote, and no program counted. @param {Element} element */
const isNamed = ({ id }) =>
  id !== '' && id.length <= 60 && !/\d{3}|[:]/.test(id) && document.querySelectorAll(`#${CSS.escape(id)}`).length === 1;

/**
 * The shortest way to an element that leads to it alone: from the nearest named one, by tags and their places.
 *
 * @param {Element} element
 */
export function selectorOf(element) {
  let path = '';
  /** @type {Element | null} */
  let at = element;
  while (at && at !== document.documentElement) {
    const tag = at.localName;
    if (isNamed(at)) return `#${CSS.escape(at.id)}${path && ` > ${path}`}`.slice(0, SELECTOR_MAX);
    const { parentElement: above } = /** @type {Element} */ (at);
    const same = above ? [...above.children].filter((one) => one.localName === tag) : [];
    const place = same.length > 1 ? `:nth-of-type(${same.indexOf(at) + 1})` : '';
    path = `${CSS.escape(tag)}${place}${path && ` > ${path}`}`;
    if (path.length <= SELECTOR_MAX && document.querySelectorAll(path).length === 1) return path;
    at = above;
  }
  return path.slice(-SELECTOR_MAX) || 'html';
}

/** @param {Element} element @returns {Mark} */
function markOf(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  const page = document.documentElement;
  return {
    selector: selectorOf(element),
    tag: element.localName,
    text: wordsOf(element),
    x: left + scrollX,
    y: top + scrollY,
    width,
    height,
    left,
    top,
    page: { width: page.scrollWidth, height: page.scrollHeight },
  };
}

/** A page's address without the values of its query, save those of campaigns, and without what stands behind #. */
function address() {
  const query = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(location.search))
    query.append(name, name.startsWith('utm_') ? value : '');
  return `${location.origin}${location.pathname}${query.size > 0 ? `?${query}` : ''}`;
}

/**
 * Lets the visitor choose a part of the page, by pointer, finger or keyboard.
 *
 * @param {{ help: string, close: string, makeHost: () => { host: HTMLElement, root: ShadowRoot } }} given
 * @returns {Promise<Mark | null>} null when nothing was chosen
 */
function choose({ help, close, makeHost }) {
  const { host, root } = makeHost();
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, style];
  const part = document.createElement('div');
  part.className = 'part';
  part.hidden = true;
  const bar = document.createElement('div');
  bar.className = 'help';
  bar.setAttribute('role', 'status');
  const words = document.createElement('p');
  words.textContent = help;
  const now = document.createElement('p');
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = close;
  bar.append(words, now, button);
  root.append(part, bar);
  document.body.append(host);
  /** @type {Element | null} */
  let chosen = null;
  /** @param {Element | null} element */
  const point = (element) => {
    chosen = element;
    part.hidden = !element;
    if (!element) return;
    const { left, top, width, height } = element.getBoundingClientRect();
    Object.assign(part.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
  };
  const parts = () =>
    [...document.querySelectorAll(PARTS)].filter(
      (one) =>
        one !== host && allowed(one) === one && one.getClientRects().length > 0 && !one.closest('[aria-hidden=true]'),
    );
  return new Promise((resolve) => {
    const events = new AbortController();
    const { signal } = events;
    /** @param {Mark | null} mark */
    const end = (mark) => {
      events.abort();
      host.remove();
      resolve(mark);
    };
    const options = { capture: true, signal };
    /** @param {Event} event */
    const isOurs = (event) => event.composedPath().includes(host);
    /** The page's own doings rest meanwhile. @param {Event} event */
    const hold = (event) => {
      if (isOurs(event)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    for (const name of ['pointerdown', 'pointerup', 'mousedown', 'mouseup', 'touchstart', 'touchend', 'submit'])
      addEventListener(
        name,
        name.startsWith('touch') ? (event) => !isOurs(event) && event.stopImmediatePropagation() : hold,
        options,
      );
    addEventListener(
      'pointermove',
      (event) => {
        if (!isOurs(event) && event.target instanceof Element) point(allowed(event.target));
      },
      options,
    );
    addEventListener('scroll', () => point(chosen), options);
    addEventListener(
      'click',
      (event) => {
        if (isOurs(event)) return;
        hold(event);
        if (event.target instanceof Element) point(allowed(event.target));
        end(chosen && markOf(chosen));
      },
      options,
    );
    addEventListener(
      'keydown',
      (event) => {
        const { key, shiftKey } = event;
        if (key === 'Escape') {
          hold(event);
          event.preventDefault();
          return end(null);
        }
        if (key === 'Enter' || key === ' ') {
          if (isOurs(event) && !chosen) return;
          event.preventDefault();
          event.stopImmediatePropagation();
          if (chosen) end(markOf(chosen));
          return;
        }
        if (key !== 'Tab') return;
        event.preventDefault();
        event.stopImmediatePropagation();
        const all = parts();
        const at = chosen ? all.indexOf(chosen) : -1;
        const next = all[shiftKey ? (at <= 0 ? all.length : at) - 1 : (at + 1) % Math.max(1, all.length)];
        if (!next) return;
        next.scrollIntoView({ block: 'center' });
        point(next);
        now.textContent = `${next.localName}: ${wordsOf(next)}`;
      },
      options,
    );
    button.addEventListener('click', () => end(null));
    button.focus();
  });
}

/**
 * Opens the form in a frame.
 *
 * @param {{ label: string, close: string, url: string, home: string, told: Record<string, string | undefined>, makeHost: () => { host: HTMLElement, root: ShadowRoot }, end: () => void }} given
 */
export function show({ label, close, url, home, told, makeHost, end }) {
  const { host, root } = makeHost();
  const dialog = document.createElement('dialog');
  dialog.className = 'slide-in form';
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, style];
  dialog.setAttribute('aria-label', label);
  const button = document.createElement('button');
  button.className = 'close';
  button.textContent = '✕';
  button.setAttribute('aria-label', close);
  const frame = document.createElement('iframe');
  frame.title = label;
  frame.src = url;
  frame.referrerPolicy = 'origin';
  dialog.append(button, frame);
  root.append(dialog);
  document.body.append(host);
  let isMarking = false;
  /** What the page in the frame has said since it came. */
  const heard = new Set();
  /** @param {object} words */
  const say = (words) => frame.contentWindow?.postMessage({ verbatim: 1, ...words }, home);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let greeting;
  const stop = () => {
    clearInterval(greeting);
    removeEventListener('message', hear);
    host.remove();
    end();
  };
  const context = () => ({
    ...told,
    page: address(),
    title: document.title,
    locale: navigator.language,
    lang: document.documentElement.lang,
    viewport: `${innerWidth}x${innerHeight}`,
  });
  /** @param {MessageEvent} event */
  async function hear({ origin, source, data }) {
    if (origin !== home || source !== frame.contentWindow || data?.verbatim !== 1) return;
    heard.add(data.kind);
    if (heard.has('size') && (heard.has('ready') || heard.has('done'))) clearInterval(greeting);
    if (data.kind === 'close') dialog.close();
    else if (data.kind === 'ready') say({ kind: 'context', context: context() });
    else if (data.kind === 'mark' && typeof data.help === 'string' && !isMarking) {
      isMarking = true;
      dialog.close();
      const mark = await choose({ help: data.help.slice(0, 400), close, makeHost });
      isMarking = false;
      dialog.showModal();
      frame.focus();
      say({ kind: 'marked', mark });
    }
  }
  frame.addEventListener('load', () => {
    clearInterval(greeting);
    heard.clear();
    let left = 40;
    const greet = () => {
      left -= 1;
      if (left < 0) clearInterval(greeting);
      else say({ kind: 'hello' });
    };
    greet();
    // Its scripts may come after the page, one after the other: it is greeted until each has answered.
    greeting = setInterval(greet, 250);
  });
  addEventListener('message', hear);
  button.addEventListener('click', () => dialog.close());
  // A dialog that makes way for the page while a part of it is marked comes back.
  dialog.addEventListener('close', () => {
    if (!isMarking) stop();
  });
  dialog.showModal();
}
