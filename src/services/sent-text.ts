import { tableText } from '../exchange/read-any-table.ts';
import { Problem } from '../model/problem.ts';

/**
 * The text of a table that was sent as a file.
 *
 * @throws Problem `invalid` at the field `file`, for a workbook or whatever else is no text
 */
export function sentText(bytes: Uint8Array): string {
  try {
    return tableText(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Problem('invalid', 'This file cannot be read', {
      errors: [{ pointer: '#/file', detail: error.message }],
      cause: error,
    });
  }
}
