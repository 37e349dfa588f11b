import { describe, expect, test } from 'vitest';
import { writePng } from '../../../src/exchange/reports/png.ts';
import type { Block, ReportDocument } from '../../../src/reports/document.ts';
import { sampleDocument } from '../../../src/reports/sample-document.ts';
import { assets, holding } from './office-parts.ts';

const card = sampleDocument.blocks.find((block) => block.kind === 'card')!;
const columns = sampleDocument.blocks.find((block) => block.kind === 'columns')!;
const claim = columns.left.find((block) => block.kind === 'claim')!;
const quote = columns.right.find((block) => block.kind === 'quote')!;

/** The pieces of a picture by their kinds, those of words by their keywords. */
function piecesOf(png: Uint8Array): Map<string, Buffer> {
  const bytes = Buffer.from(png);
  const pieces = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const kind = bytes.toString('latin1', at + 4, at + 8);
    const content = bytes.subarray(at + 8, at + 8 + length);
    const end = content.indexOf(0);
    pieces.set(
      kind === 'iTXt' ? content.toString('latin1', 0, end) : kind,
      kind === 'iTXt' ? content.subarray(end + 5) : content,
    );
    at += 12 + length;
  }
  return pieces;
}
const write = (document: ReportDocument): Promise<Map<string, Buffer>> =>
  writePng(document, assets, { scale: 1 }).then(piecesOf);
const wordsOn = async (blocks: Block[]): Promise<string> =>
  (await write(holding(sampleDocument, blocks))).get('Description')!.toString();
const pixelsOf = (pieces: Map<string, Buffer>): Buffer => pieces.get('IDAT')!;

describe('a persona as a picture', () => {
  test('is 1200 × 675, or twice that', async () => {
    const sizeOf = (png: Uint8Array): number[] => [
      Buffer.from(png).readUInt32BE(16),
      Buffer.from(png).readUInt32BE(20),
    ];
    expect(sizeOf(await writePng(sampleDocument, assets, { scale: 1 }))).toEqual([1200, 675]);
    expect(sizeOf(await writePng(sampleDocument, assets))).toEqual([2400, 1350]);
  });

  test('is the same to the byte when it is made again', async () => {
    expect(
      Buffer.compare(await writePng(sampleDocument, assets), await writePng(structuredClone(sampleDocument), assets)),
    ).toBe(0);
  });

  test('says inside what it shows, and where each sentence comes from', async () => {
    const pieces = await write(sampleDocument);
    const shown = pieces.get('Description')!.toString().split('\n');
    expect(shown).toContain('Careful Comparers [2]');
    expect(shown).toContain('34% [2]');
    expect(shown).toContain(
      'More often than others, they speak of fees that were not named before. Tested · 34% here, 11% of the rest [6, 7]',
    );
    expect(shown.at(-1)).toContain('An invented study: nobody said this.');
    const sources = pieces.get('Source')!.toString().split('\n');
    const named = new Set(shown.flatMap((line) => /\[([\d, ]+)\]$/.exec(line)?.[1]?.split(', ') ?? []));
    expect(sources.map((line) => line.split(' ')[0]!).toSorted()).toEqual([...named].toSorted());
    expect(sources).toContain('6 Hidden fees. Run of 12 March 2026, seed 7, 1,113 answers');
  });

  test('shows words whole or not at all', async () => {
    const long = { ...quote, words: 'A quote that goes on and on, '.repeat(30).trim() };
    expect(await wordsOn([card, long])).not.toContain('A quote that goes on');
    expect(await wordsOn([card, long, quote])).toContain(quote.words);
    const many = Array.from({ length: 20 }, (_, at) => ({
      ...claim,
      text: `Claim number ${at} about something of theirs.`,
    }));
    const shown = (await wordsOn([card, ...many])).match(/Claim number \d+ about something of theirs\. Tested/g)!;
    expect(shown.length).toBeGreaterThan(2);
    expect(shown.length).toBeLessThan(20);
  });

  test('leaves out a claim that needs a word besides, since it travels alone', async () => {
    const words = await wordsOn([card, { ...claim, notice: 'What was counted no longer bears it.' }]);
    expect(words).not.toContain(claim.text);
    expect(await wordsOn([card, { ...claim, notice: '' }])).toContain(claim.text);
  });

  test('says of a claim in a researcher’s words that it is', async () => {
    const words = await wordsOn([card, { ...claim, isWorded: true }]);
    expect(words).toContain(claim.text);
    expect(words).toContain('in a researcher’s words');
  });

  test('says what has to be known of the persona, were it no more than that there is something', async () => {
    const doubt = (text: string): Block => ({
      kind: 'notice',
      tone: 'warn',
      title: 'Needs a look',
      spans: [{ text }],
      refs: ['study'],
    });
    expect(await wordsOn([card, doubt('A source was withdrawn.')])).toContain('Needs a look: A source was withdrawn.');
    expect(await wordsOn([card, doubt('So much happened. '.repeat(40))])).toContain(
      'Needs a look: So much happened. More in its sheet. [',
    );
    expect(await wordsOn([card, doubt(`So much ${'that nobody expected '.repeat(40)}happened`)])).toContain(
      'Needs a look: read it in its sheet [',
    );
  });

  test('takes only what stands below the first persona', async () => {
    const words = await wordsOn([card, { ...card, name: 'Quick Deciders' }, claim]);
    expect(words).not.toContain('Quick Deciders');
    expect(words).not.toContain(claim.text);
  });

  test('draws letters of other scripts, and not the same box for each', async () => {
    const drawn = async (name: string): Promise<Buffer> =>
      pixelsOf(await write(holding(sampleDocument, [{ ...card, name }])));
    // Eight letters each; a typeface without them would draw eight boxes both times.
    const [one, other] = [await drawn('ابتثجحخد'), await drawn('سشصضطظعغ')];
    expect(Buffer.compare(one, other)).not.toBe(0);
    expect(Buffer.compare(await drawn('אבגדהוזח'), await drawn('טיכלמנסע'))).not.toBe(0);
  });

  test('of a report without personas tells what that report is', async () => {
    const words = await wordsOn(sampleDocument.blocks.filter(({ kind }) => kind !== 'card' && kind !== 'columns'));
    expect(words).toContain('Why people leave');
    expect(words).toContain('1,200');
  });
});
