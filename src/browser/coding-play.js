/** Listening while coding: the recording that stands on the page, wherever it came from. */

/** @returns {HTMLMediaElement | null} */
const recording = () => document.querySelector('audio, video');

/**
 * Plays or pauses.
 *
 * @param {{ backSeconds: number }} how so far it goes back when it plays again
 * @returns {string} what to say
 */
export function playOrPause({ backSeconds }) {
  const media = recording();
  if (!media) return 'There is no recording on this page';
  if (!media.paused) {
    media.pause();
    return 'Paused';
  }
  media.currentTime = Math.max(0, media.currentTime - backSeconds);
  media.play().catch(() => undefined);
  return 'Playing';
}

/**
 * Plays from a time.
 *
 * @param {number | null} ms
 * @returns {string} what to say
 */
export function playFrom(ms) {
  const media = recording();
  if (!media) return 'There is no recording on this page';
  if (ms === null) return 'Nobody knows when this was said';
  media.currentTime = ms / 1000;
  media.play().catch(() => undefined);
  return 'Playing from here';
}

/**
 * The time of the recording, or that at which a turn began, as [mm:ss].
 *
 * @param {number | null} startMs
 * @returns {string} empty where neither is known
 */
export function stampOf(startMs) {
  const media = recording();
  const ms = media ? media.currentTime * 1000 : startMs;
  if (ms === null) return '';
  const seconds = Math.floor(ms / 1000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  return `[${hours > 0 ? `${hours}:` : ''}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}] `;
}
