/**
 * A text that fits into so many bytes of UTF-8. What is cut is cut between letters, so no half letter is left.
 *
 * @example
 * cutBytes('grün', 3) // => 'gr'
 */
export function cutBytes(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let end = bytesMax;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
