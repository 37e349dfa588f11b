/** Bytes that grow, little-endian, as a system file wants them. */
export function savBytes() {
  let bytes = Buffer.alloc(4096);
  let length = 0;

  /** Where the next bytes go. Asked for first, since `bytes` may be another buffer afterwards. */
  const room = (wanted: number): number => {
    if (length + wanted > bytes.length) {
      const larger = Buffer.alloc(Math.max(bytes.length * 2, length + wanted));
      bytes.copy(larger, 0, 0, length);
      bytes = larger;
    }
    const at = length;
    length += wanted;
    return at;
  };

  const write = {
    int32: (...values: readonly number[]) => {
      for (const value of values) {
        const at = room(4);
        bytes.writeInt32LE(value, at);
      }
      return write;
    },
    float64: (...values: readonly number[]) => {
      for (const value of values) {
        const at = room(8);
        bytes.writeDoubleLE(value, at);
      }
      return write;
    },
    byte: (value: number) => {
      const at = room(1);
      bytes[at] = value;
      return write;
    },
    /** Text in UTF-8 as it is, or with spaces after it up to so many bytes. */
    text: (text: string, size = Buffer.byteLength(text)) => {
      const at = room(size);
      bytes.fill(0x20, at, at + size);
      bytes.write(text, at, size, 'utf8');
      return write;
    },
    raw: (part: Uint8Array) => {
      const at = room(part.length);
      bytes.set(part, at);
      return write;
    },
    length: () => length,
    /** What has been written so far; writing begins anew. */
    take: (): Uint8Array => {
      const taken = Uint8Array.prototype.slice.call(bytes, 0, length);
      length = 0;
      return taken;
    },
  };
  return write;
}
export type SavBytes = ReturnType<typeof savBytes>;
