/** `{{code|what is said without an answer}}`; spaces within do not matter. */
export const PLACEHOLDER = /\{\{\s*((?:attribute:)?[A-Za-z][A-Za-z0-9_. -]{0,140}?)\s*(?:\|([^{}|]{0,300}))?\}\}/g;

/** Every placeholder of a wording, as often as it stands there. */
export const placeholdersIn = (text: string): string[] =>
  [...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
