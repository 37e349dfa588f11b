/**
 * Tells a screen reader what was done. The same words twice are said twice.
 *
 * @param {HTMLElement | null} region
 */
export function createAnnouncer(region) {
  let isOdd = false;
  return (/** @type {string} */ words) => {
    if (!region) return;
    isOdd = !isOdd;
    region.textContent = isOdd ? words : `${words}\u00a0`;
  };
}
