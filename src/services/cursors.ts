import { createHmac, timingSafeEqual } from 'node:crypto';
import { Problem } from '../model/problem.ts';
import type { Context } from './context.ts';

export type Position = string | number;
const PROOF_LETTERS = 22;

/** Where a list goes on, sealed so that nobody writes one, and good for its own list alone. */
export function cursorService({ keys }: Pick<Context, 'keys'>) {
  const proofOf = (list: string, text: string): string =>
    createHmac('sha256', keys.cursors)
      .update(JSON.stringify([list, text]))
      .digest('base64url')
      .slice(0, PROOF_LETTERS);
  return {
    /** @param list everything that makes two lists the same: its address and what it was asked for */
    seal: (list: string, position: Position): string => {
      const text = Buffer.from(JSON.stringify(position)).toString('base64url');
      return `${proofOf(list, text)}${text}`;
    },
    /** @throws Problem `malformed` for what was not made for this list */
    open: (list: string, cursor: string): Position => {
      const [proof, text] = [cursor.slice(0, PROOF_LETTERS), cursor.slice(PROOF_LETTERS)];
      const expected = proofOf(list, text);
      if (proof.length !== expected.length || !timingSafeEqual(Buffer.from(proof), Buffer.from(expected)))
        throw new Problem('malformed', 'This cursor does not belong to this list', {
          detail: 'Ask for the list anew without a cursor, and use "next" of its answer with the same query',
          errors: [{ pointer: '#/query/cursor', detail: 'Not made for this list' }],
        });
      return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Position;
    },
  };
}
export type Cursors = ReturnType<typeof cursorService>;
