/**
 * Follows a run that takes a while: asks `data-progress-url` for `{ state, percent, step }`, moves the bar, says each
 * new step once, and loads the page again when the run has ended, since the page then has something else to show.
 */

const DELAY_MS = 700;
/** About an hour; whoever still waits then can load the page again. */
const ASKED_MAX = 5000;
/** A server that starts again is missed a few times; one that is gone is not asked for ever. */
const MISSED_MAX = 20;

/**
 * @param {string} url
 * @returns {Promise<{ state: string, percent: number, step: string } | null>} null when there was no answer
 */
async function ask(url) {
  try {
    const response = await fetch(url, { headers: { accept: 'application/json' } });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/**
 * @param {HTMLElement} element the progress partial
 * @param {{ percent: number, step: string }} progress
 */
function show(element, { percent, step }) {
  const bar = element.querySelector('progress');
  const words = element.querySelector('[data-progress-step]');
  if (bar !== null) bar.value = percent;
  if (words !== null && words.textContent !== step) words.textContent = step;
}

/** @param {HTMLElement} element the progress partial */
export async function enhance(element) {
  const url = element.dataset['progressUrl'];
  if (url === undefined) return;
  let missed = 0;
  for (let asked = 0; asked < ASKED_MAX && missed < MISSED_MAX; asked++) {
    await new Promise((resolve) => setTimeout(resolve, DELAY_MS));
    const progress = await ask(url);
    if (progress === null) {
      missed += 1;
      continue;
    }
    missed = 0;
    show(element, progress);
    if (progress.state !== 'waiting' && progress.state !== 'running') {
      location.reload();
      return;
    }
  }
}
