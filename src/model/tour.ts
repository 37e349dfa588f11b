/** A step of the way through a study that a newcomer is led. */
export type TourStep = {
  title: string;
  /** What to do there, and what to look for. */
  text: string;
  /** Where each part of it is: an address within the study (`/personas`), or one from the root (`//s/name` of a survey). */
  links: { label: string; to: string }[];
};

/**
 * The address of a step of the tour.
 *
 * @param to within the study, `/personas`; or from the root, after a second stroke
 *
 * @example
 * [tourAddress('/studio/a', '/personas'), tourAddress('/studio/a', '//s/next')] // => ['/studio/a/personas', '/s/next']
 */
export const tourAddress = (study: string, to: string): string => (to.startsWith('//') ? to.slice(1) : `${study}${to}`);
