/*
 * The widget that a site carries with one line:
 *
 *   <script async src="https://SURVEYS/widget.js" data-key="WRITE KEY"></script>
 *
 * It tells of what a visitor does, asks which survey may be offered, and opens it in a frame. Calls made before it has
 * loaded wait in `window.verbatim`, a function that the site may define to keep its arguments in `verbatim.q`.
 *
 * Before consent it keeps nothing and sends no id; with Global Privacy Control or Do Not Track on it never does. It sets
 * no cookie. Rules stay on the server: all that comes here is what to wait for.
 */
(() => {
  /** @typedef {{ on: string, name?: string, selector?: string, text?: string, percent?: number, seconds?: number }} Trigger */
  /** @typedef {{ survey: string, title: string, trigger: Trigger, delaySeconds: number, cancelOn: string[], shape: string, place?: string }} Armed */
  /** @typedef {{ anonymousId: string, userId: string | null, userHash?: string | undefined, session: number, page: number, seenAt: number }} Visitor */

  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const home = new URL(script.src).origin;
  const { key = '', consent: given, language = document.documentElement.lang } = script.dataset;
  const STORE = `verbatim ${key}`;
  const SESSION_MS = 1_800_000;
  const says = navigator;
  const self = /** @type {{ verbatim: any }} */ (/** @type {unknown} */ (window));
  // @ts-expect-error not every browser knows these
  const refuses = says.globalPrivacyControl === true || says.doNotTrack === '1';
  let mayKeep = given === 'given' && !refuses;
  let isTalking = new URLSearchParams(location.search).has('verbatim-why');

  /** @param {unknown[]} words */
  const talk = (...words) => {
    if (isTalking) console.info('[verbatim]', ...words);
  };

  /** @type {Visitor | null} */
  let visitor = null;
  const load = () => {
    if (!mayKeep) return;
    try {
      visitor = JSON.parse(localStorage.getItem(STORE) ?? 'null');
    } catch {
      visitor = null;
    }
    const now = Date.now();
    visitor ??= { anonymousId: crypto.randomUUID(), userId: null, session: 0, page: 0, seenAt: 0 };
    if (now - visitor.seenAt > SESSION_MS) Object.assign(visitor, { session: visitor.session + 1, page: 0 });
    visitor.page += 1;
    save();
  };
  const save = () => {
    if (!visitor) return;
    visitor.seenAt = Date.now();
    try {
      localStorage.setItem(STORE, JSON.stringify(visitor));
    } catch {
      // A browser that keeps nothing: known for this page then.
    }
  };
  const who = () => {
    if (!visitor) return {};
    const { anonymousId, userId, userHash } = visitor;
    return { anonymousId, ...(userId ? { userId, userHash } : {}) };
  };

  /**
   * @param {string} path
   * @param {object} body
   */
  const send = (path, body) =>
    fetch(home + path, {
      method: 'POST',
      mode: 'cors',
      credentials: 'omit',
      keepalive: true,
      headers: { 'Content-Type': 'text/plain' },
      body: JSON.stringify({ writeKey: key, ...who(), ...body }),
    });

  /** @type {object[]} */
  let waiting = [];
  let tries = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const flush = async () => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting.splice(0, 50);
    if (batch.length === 0) return;
    try {
      const reply = await send('/v1/batch', { batch, sentAt: new Date().toISOString() });
      if (reply.status === 429 || reply.status >= 500) throw new Error(String(reply.status));
      tries = 0;
    } catch {
      // Ids of messages keep what arrived after all from counting twice.
      waiting = [...batch, ...waiting].slice(-200);
      tries += 1;
      if (tries <= 8) timer = setTimeout(flush, Math.min(60_000, 500 * 2 ** tries));
    }
    if (waiting.length > 0) timer ??= setTimeout(flush, 300);
  };
  addEventListener('pagehide', () => void flush());

  /**
   * @param {string} type
   * @param {object} fields
   */
  const tell = (type, fields) => {
    if (!visitor) return talk(`“${type}” was not sent: no consent yet, or the browser asks not to be followed`);
    waiting.push({
      type,
      messageId: crypto.randomUUID(),
      originalTimestamp: new Date().toISOString(),
      ...who(),
      context: {
        page: here(),
        locale: navigator.language,
        library: { name: 'verbatim-widget' },
        replay_url: said().replay_url,
      },
      ...fields,
    });
    timer ??= setTimeout(flush, 300);
  };
  const here = () => ({ url: location.origin + location.pathname, path: location.pathname, title: document.title });

  /** @type {(() => void)[]} */
  const disarm = [];
  /** @type {Map<string, ((properties: object) => void)[]>} */
  let onEvent = new Map();
  let asked = 0;

  /** Asks what to wait for on this page; whatever was waited for before is let go. */
  const decide = async () => {
    for (const stop of disarm.splice(0)) stop();
    onEvent = new Map();
    asked += 1;
    const turn = asked;
    const reply = await send('/v1/decide', { ...moment(), why: isTalking }).catch(() => null);
    if (!reply?.ok) return talk('The server could not be asked', reply?.status ?? '');
    const { armed, why, person, feedback } =
      /** @type {{ armed: Armed[], why?: object[], person?: string, feedback?: Asked }} */ (await reply.json());
    if (turn !== asked) return;
    place(feedback);
    if (person) talk(`The visitor is known as: ${person}`);
    for (const one of why ?? []) talk(one);
    talk(
      armed.length === 0 ? 'No survey waits on this page' : `Waiting for ${armed.map(({ title }) => title).join(', ')}`,
    );
    for (const one of armed) arm(one);
  };
  /** What the page says of itself: in the script's own element, or beside our one function. */
  const said = () => ({
    release: script.dataset['release'] ?? self.verbatim.release,
    replay_url: script.dataset['replayUrl'] ?? self.verbatim.replay_url,
  });
  const moment = () => ({
    replayUrl: said().replay_url,
    page: { ...here(), query: location.search, referrer: document.referrer },
    session: visitor?.session ?? 1,
    pageOfSession: visitor?.page ?? 1,
    viewport: innerWidth,
    language: language || navigator.language,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    isAsking: isOpen,
  });

  /** @param {Armed} armed */
  function arm(armed) {
    const { trigger, delaySeconds, cancelOn } = armed;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let due;
    /** @type {{ event: object | undefined } | null} */
    let next = null;
    let isDone = false;
    const stop = () => {
      isDone = true;
      clearTimeout(due);
    };
    disarm.push(stop);
    /** @param {object} [event] */
    const fire = (event) => {
      if (isDone) return;
      if (due !== undefined) {
        next = { event };
        return;
      }
      due = setTimeout(async () => {
        const isShown = await offer(armed, event);
        // The next event or click may be the one that counts; it may have come already.
        if (isShown || (trigger.on !== 'event' && trigger.on !== 'click')) stop();
        due = undefined;
        const came = next;
        next = null;
        if (came) fire(came.event);
      }, delaySeconds * 1000);
    };
    /**
     * @param {EventTarget} target
     * @param {string} name
     * @param {(event: any) => void} hear
     */
    const listen = (target, name, hear) => {
      target.addEventListener(name, hear, { capture: true, passive: true });
      disarm.push(() => target.removeEventListener(name, hear, { capture: true }));
    };
    /**
     * @param {string} name
     * @param {(properties: object) => void} hear
     */
    const on = (name, hear) => onEvent.set(name, [...(onEvent.get(name) ?? []), hear]);
    for (const name of cancelOn) on(name, stop);
    const { on: kind, name = '', selector, text, percent = 0, seconds = 0 } = trigger;
    if (kind === 'page') fire();
    else if (kind === 'dwell') {
      const dwell = setTimeout(fire, seconds * 1000);
      disarm.push(() => clearTimeout(dwell));
    } else if (kind === 'event') on(name, (properties) => visitor && fire({ name, properties }));
    else if (kind === 'exit')
      listen(document, 'mouseout', (event) => !event.relatedTarget && event.clientY <= 0 && fire());
    else if (kind === 'scroll') {
      const look = () => {
        const page = document.documentElement;
        if (((scrollY + innerHeight) / page.scrollHeight) * 100 >= percent) fire();
      };
      listen(window, 'scroll', look);
      if (document.documentElement.scrollHeight > innerHeight) look();
    } else if (kind === 'click')
      listen(document, 'click', ({ target }) => {
        try {
          const hit = selector ? target.closest(selector) : target;
          if (hit && (!text || hit.textContent.trim() === text)) fire();
        } catch {
          talk(`“${selector}” is no selector that this browser reads`);
        }
      });
  }

  /**
   * @param {Armed} armed
   * @param {object} [event]
   * @returns {Promise<boolean>} whether it is shown
   */
  async function offer({ survey, title, shape, place }, event) {
    // What has just happened may be what admits somebody.
    await flush();
    const reply = await send('/v1/offer', { ...moment(), survey, event }).catch(() => null);
    const { url, close, gate } = reply?.ok ? await reply.json() : { url: null, close: '', gate: 'unreachable' };
    if (url) (shape === 'tab' ? showTab : show)({ survey, title, shape, place, url, close });
    else talk(`“${title}” is not shown after all: ${gate}`);
    return Boolean(url);
  }

  let isOpen = false;
  const style = new CSSStyleSheet();
  style.replaceSync(
    ':host{all:initial}dialog,section{all:revert;box-sizing:border-box;padding:0;border:0;background:Canvas;color:CanvasText;border-radius:12px;overflow:hidden;box-shadow:0 8px 40px #0005}dialog.popup{width:min(600px,94vw);height:min(640px,90vh)}dialog.slide-in,dialog.tab{position:fixed;inset:auto 16px 16px auto;margin:0;width:min(420px,calc(100vw - 32px));height:min(560px,80vh);z-index:2147483000;animation:rise .25s}section{height:560px;box-shadow:none;border:1px solid #8886}iframe{border:0;width:100%;height:100%;display:block}dialog::backdrop{background:#0007}button{all:revert;font:600 15px system-ui,sans-serif;cursor:pointer;border:1px solid #8888;background:Canvas;color:CanvasText;border-radius:8px;min-width:44px;min-height:44px}button:focus-visible{outline:3px solid #1f5c57;outline-offset:2px}.close{position:absolute;inset:6px 6px auto auto;z-index:1}.open{position:fixed;inset:auto 16px 16px auto;z-index:2147483000;padding:0 16px}.edge{position:fixed;bottom:20%;right:0;z-index:2147483000;padding:14px 4px;writing-mode:vertical-rl;border-radius:8px 0 0 8px}.left{left:0;right:auto;rotate:180deg}@keyframes rise{from{transform:translateY(16px);opacity:0}}@media(prefers-reduced-motion){dialog{animation:none!important}}',
  );

  /** @typedef {{ survey: string, title: string, shape: string, place?: string | undefined, url: string, close: string }} Offered */

  const makeHost = () => {
    const host = document.createElement('div');
    const root = host.attachShadow({ mode: 'closed' });
    root.adoptedStyleSheets = [style];
    return { host, root };
  };

  /** @param {Offered} offered */
  function showTab(offered) {
    const { host, root } = makeHost();
    const button = document.createElement('button');
    button.className = 'open';
    button.textContent = offered.title;
    button.addEventListener('click', () => {
      host.remove();
      show(offered);
    });
    root.append(button);
    document.body.append(host);
  }

  /** @param {Offered} offered */
  function show({ survey, title, shape, place, url, close }) {
    if (isOpen) return;
    const spot = shape === 'inline' && place ? document.querySelector(place) : document.body;
    if (!spot) return talk(`There is nothing on this page that “${place}” names`);
    isOpen = true;
    const before = document.activeElement;
    const { host, root } = makeHost();
    const frame = document.createElement('iframe');
    frame.title = title;
    frame.src = url;
    frame.referrerPolicy = 'origin';
    let isDone = false;
    let isHeard = false;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    let greeting;
    const end = () => {
      if (!host.isConnected) return;
      host.remove();
      isOpen = false;
      removeEventListener('message', hear);
      removeEventListener('keydown', onKey);
      if (before instanceof HTMLElement) before.focus();
      if (!isDone) void send('/v1/dismissed', { ...moment(), survey }).catch(() => null);
    };
    /** @param {KeyboardEvent} event */
    const onKey = (event) => event.key === 'Escape' && end();
    /** @param {MessageEvent} event */
    const hear = ({ origin, source, data }) => {
      if (origin !== home || source !== frame.contentWindow || data?.verbatim !== 1) return;
      isHeard = true;
      if (data.kind === 'done') isDone = true;
      else if (data.kind === 'close') end();
      else if (data.kind === 'size' && Number.isFinite(data.height) && shape === 'inline')
        box.style.height = `${Math.min(5000, Math.max(200, data.height))}px`;
    };
    const box = document.createElement(shape === 'inline' ? 'section' : 'dialog');
    box.className = shape;
    box.setAttribute('aria-label', title);
    // The frame learns in this way which window it stands in, and answers to nobody else.
    const greet = () => frame.contentWindow?.postMessage({ verbatim: 1, kind: 'hello' }, home);
    frame.addEventListener('load', () => {
      isHeard = false;
      clearInterval(greeting);
      let left = 40;
      greet();
      // Its script may come after the page: it is greeted until it answers.
      greeting = setInterval(() => {
        left -= 1;
        if (isHeard || left < 0 || !host.isConnected) clearInterval(greeting);
        else greet();
      }, 250);
    });
    addEventListener('message', hear);
    if (shape !== 'inline') {
      const button = document.createElement('button');
      button.className = 'close';
      button.textContent = '✕';
      button.setAttribute('aria-label', close);
      button.addEventListener('click', end);
      box.append(button);
      addEventListener('keydown', onKey);
    }
    box.append(frame);
    root.append(box);
    spot.append(host);
    if (box instanceof HTMLDialogElement) {
      box.addEventListener('close', end);
      if (shape === 'popup') box.showModal();
      else box.show();
    }
    talk(`“${title}” is shown`);
  }

  /** @typedef {{ label: string, close: string, side: string, url: string }} Asked */
  /** @type {HTMLElement | undefined} */
  let edge;
  let giveFeedback = () => talk('No feedback is taken on this page');

  /**
   * The button at the page's edge; what it opens is fetched when somebody asks for it.
   *
   * @param {Asked | undefined} asked
   */
  function place(asked) {
    if (!asked || edge) return;
    const { host, root } = makeHost();
    edge = host;
    host.role = 'region';
    host.ariaLabel = asked.label;
    const button = document.createElement('button');
    button.className = `edge ${asked.side}`;
    button.textContent = asked.label;
    giveFeedback = async () => {
      if (isOpen) return;
      isOpen = true;
      const end = () => {
        isOpen = false;
        button.focus();
      };
      try {
        const { show } = await import(`${home}/feedback.js`);
        show({ ...asked, home, makeHost, end, told: { ...who(), ...said() } });
      } catch {
        end();
      }
    };
    button.addEventListener('click', giveFeedback);
    root.append(button);
    document.body.append(host);
  }

  /** @type {Record<string, (...args: any[]) => void>} */
  const calls = {
    consent: (isGiven = true) => {
      if (refuses) return talk('The browser asks not to be followed, so nothing is kept or sent');
      mayKeep = isGiven === true;
      if (mayKeep) {
        if (!visitor) load();
        calls['page']?.();
        return;
      }
      visitor = null;
      waiting = [];
      try {
        localStorage.removeItem(STORE);
      } catch {
        // Nothing was kept then.
      }
    },
    identify: (userId, traits = {}, { hash } = {}) => {
      if (visitor && typeof userId === 'string') Object.assign(visitor, { userId, userHash: hash });
      save();
      tell('identify', { traits });
      void flush().then(decide);
    },
    track: (event, properties = {}) => {
      tell('track', { event, properties });
      for (const hear of [...(onEvent.get(event) ?? [])]) hear(properties);
    },
    page: (properties = {}) => {
      tell('page', { properties: { ...here(), ...properties } });
      void flush().then(decide);
    },
    group: (groupId, traits = {}) => tell('group', { groupId, traits }),
    reset: () => {
      const mayStill = mayKeep;
      calls['consent']?.(false);
      mayKeep = mayStill;
      load();
    },
    feedback: () => giveFeedback(),
    why: () => {
      isTalking = true;
      void decide();
    },
  };
  /** @param {[string, ...unknown[]]} call */
  const run = ([name, ...args]) => (calls[name] ? calls[name](...args) : talk(`There is no call “${name}”`));
  const early = self.verbatim?.q ?? [];
  // What the page wrote beside the queue stays.
  self.verbatim = Object.assign((/** @type {[string, ...unknown[]]} */ ...call) => run(call), self.verbatim);
  load();
  for (const call of early) run(call);
  // A site that tells of its pages itself has done so already.
  if (!early.some((/** @type {unknown[]} */ call) => call[0] === 'page')) calls['page']?.();
})();
