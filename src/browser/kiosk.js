/**
 * Gives a shared device back to the next person. At the end of a survey it counts down and starts again; on a page left
 * alone for a while it first asks whether anybody is still there. Either can be stopped.
 *
 * Reads `data-again`, where the survey starts, `data-countdown`, the words of each second, one a line, `data-stay`, what
 * the button that stops is called; and, for a page of questions, `data-idle-seconds` and `data-question`.
 */

/**
 * Counts down, one line of words a second.
 *
 * @param {{ lines: string[], show: (words: string) => void, end: () => void }} countdown
 * @returns {() => void} stops it
 */
function countDown({ lines, show, end }) {
  let at = 0;
  show(lines[at] ?? '');
  const timer = setInterval(() => {
    at += 1;
    if (at < lines.length) return show(lines[at] ?? '');
    clearInterval(timer);
    end();
  }, 1000);
  return () => clearInterval(timer);
}

/**
 * @param {string} words
 * @param {() => void} press
 */
function makeButton(words, press) {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: 'btn btn--quiet', textContent: words });
  button.addEventListener('click', press);
  return button;
}

/** @param {HTMLElement} element */
export function enhance(element) {
  const { again = '', countdown = '', stay = '', question = '', idleSeconds } = element.dataset;
  const lines = countdown.split('\n').filter((line) => line !== '');
  if (again === '' || lines.length === 0) return;
  const leave = () => {
    try {
      sessionStorage.clear();
    } catch {
      // Nothing was kept then.
    }
    location.replace(again);
  };
  if (idleSeconds === undefined) return atEnd();
  whileAsking(Number(idleSeconds) * 1000);

  function atEnd() {
    const words = document.createElement('p');
    words.setAttribute('role', 'timer');
    const stop = countDown({ lines, show: (text) => words.replaceChildren(text), end: leave });
    const button = makeButton(stay, () => {
      stop();
      words.remove();
      button.remove();
    });
    element.append(words, button);
  }

  /** @param {number} idleMs */
  function whileAsking(idleMs) {
    const dialog = document.createElement('dialog');
    dialog.className = 'idle';
    const heading = document.createElement('h2');
    heading.id = 'idle-question';
    heading.textContent = question;
    dialog.setAttribute('aria-labelledby', heading.id);
    const words = document.createElement('p');
    words.setAttribute('role', 'timer');
    dialog.append(
      heading,
      words,
      makeButton(stay, () => dialog.close()),
    );
    document.body.append(dialog);

    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let idle;
    let stop = () => {};
    const wait = () => {
      if (dialog.open) return;
      clearTimeout(idle);
      idle = setTimeout(() => {
        stop = countDown({ lines, show: (text) => words.replaceChildren(text), end: leave });
        dialog.showModal();
      }, idleMs);
    };
    dialog.addEventListener('close', () => {
      stop();
      wait();
    });
    for (const sign of ['pointerdown', 'keydown', 'input', 'scroll'])
      document.addEventListener(sign, wait, { passive: true });
    wait();
  }
}
