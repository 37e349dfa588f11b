import type { Message } from './message.ts';

/** A message as plain text, for places that take nothing else; an empty line divides its parts. */
export const plainMessage = ({ text, facts, link }: Message): string =>
  [...facts.map(({ label, value }) => `${label}\n${value}`), text, link ?? '']
    .filter((part) => part !== '')
    .join('\n\n');
