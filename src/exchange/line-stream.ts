/** A line of a text, from 1; without its text where it is longer than it may be. */
export type StreamedLine = { line: number; text: string | null };

/**
 * Cuts a text that may be larger than memory into its lines.
 *
 * @param parts the text in pieces of any length
 * @param lettersMax what is longer is passed over, so that a file without line ends does not fill the memory
 * @returns each line that holds anything; `isWhole` is false for a last one that no line end follows
 */
export async function* streamLines(
  parts: AsyncIterable<string>,
  lettersMax: number,
): AsyncGenerator<StreamedLine & { isWhole: boolean }> {
  let rest = '';
  let isTooLong = false;
  let line = 1;
  let isFirst = true;
  const take = (text: string, isWhole: boolean) => ({
    line,
    text: isTooLong || text.length > lettersMax ? null : text,
    isWhole,
  });
  for await (const part of parts) {
    const pieces = (isFirst ? part.replace(/^\uFEFF/, '') : part).split('\n');
    isFirst = false;
    for (const piece of pieces.slice(0, -1)) {
      const text = rest + piece;
      if (isTooLong || text.trim() !== '') yield take(text, true);
      rest = '';
      isTooLong = false;
      line += 1;
    }
    rest += pieces.at(-1) ?? '';
    if (rest.length > lettersMax) {
      isTooLong = true;
      rest = '';
    }
  }
  if (isTooLong || rest.trim() !== '') yield take(rest, false);
}
