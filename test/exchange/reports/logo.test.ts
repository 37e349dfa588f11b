import { describe, expect, test } from 'vitest';
import { readLogo } from '../../../src/exchange/reports/logo.ts';
import { drawPicture } from '../../../src/exchange/reports/picture.ts';
import { assets } from './office-parts.ts';

const { fonts } = assets;
const svg = (inside: string, head = ''): Buffer =>
  Buffer.from(`${head}<svg xmlns="http://www.w3.org/2000/svg" width="200" height="50">${inside}</svg>`);
const box = '<rect width="200" height="50" fill="#113355"/>';

describe('an operator’s logo', () => {
  test('is drawn anew, so that nothing hidden in the file goes into a report', async () => {
    const { png } = await drawPicture(svg(box).toString(), { fonts });
    const logo = await readLogo(Buffer.concat([png, Buffer.from('hidden words behind the picture')]), fonts);
    expect(logo).toMatchObject({ width: 200, height: 50 });
    expect(Buffer.from(logo.png).includes('hidden')).toBe(false);
    expect(Buffer.from(logo.png).readUInt32BE(16)).toBe(200);
  });

  test('from an SVG is sharp enough for print, its words in our typefaces', async () => {
    const logo = await readLogo(svg(`${box}<text x="9" y="30" fill="#fff">House</text>`), fonts);
    expect(logo).toMatchObject({ width: 800, height: 200 });
    const bare = await readLogo(svg(box), fonts);
    expect(Buffer.compare(logo.png, bare.png)).not.toBe(0);
  });

  test('that is large is made smaller, and keeps its shape', async () => {
    const { png } = await drawPicture(svg(box).toString(), { fonts, width: 3000 });
    expect(await readLogo(png, fonts)).toMatchObject({ width: 800, height: 200 });
  });

  test('may be a JPEG', async () => {
    const logo = await readLogo(Buffer.from(JPEG, 'base64'), fonts);
    expect(logo).toMatchObject({ width: 8, height: 4 });
  });

  test('of which nothing can be seen is not taken for one', async () => {
    await expect(readLogo(svg(''), fonts)).rejects.toThrow('shows nothing');
    // The head of the picture without the picture.
    await expect(readLogo(Buffer.from(JPEG, 'base64').subarray(0, 200), fonts)).rejects.toThrow('logo');
  });

  test.each([
    ['a file of this machine', svg('<image href="/etc/passwd" width="9" height="9"/>'), 'outside itself'],
    ['an address', svg('<image xlink:href=\'https://tracker.example/x.png\' width="9" height="9"/>'), 'outside itself'],
    ['a style from elsewhere', svg('<style>@import "x.css";</style>'), 'outside itself'],
    ['entities of its own', svg('<text>&e;</text>', '<!DOCTYPE svg [<!ENTITY e "x">]>'), 'declares entities'],
    ['no picture', Buffer.from('GIF89a'), 'no PNG, JPEG or SVG'],
    ['bytes of another kind', Buffer.from([0xff, 0xfe, 0x00, 0xff]), 'no PNG, JPEG or SVG'],
    ['a PNG of a monstrous size', monstrous(), '100000 × 100000 pixels'],
    ['a PNG cut short', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), 'not written to its end'],
    ['too many bytes', Buffer.alloc(5 * 1024 * 1024), 'larger than 4 MB'],
  ])('that is or holds %s is refused in words', async (_, bytes, why) => {
    await expect(readLogo(bytes, fonts)).rejects.toThrow(why);
  });
});

function monstrous(): Buffer {
  const png = Buffer.alloc(64);
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]).copy(png);
  png.writeUInt32BE(13, 8);
  png.write('IHDR', 12, 'latin1');
  png.writeUInt32BE(100_000, 16);
  png.writeUInt32BE(100_000, 20);
  return png;
}
/** Eight pixels by four, all of one blue. */
const JPEG =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADb/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAEAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAAA//EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/AJYBwv/Z';
