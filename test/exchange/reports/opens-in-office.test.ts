import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeDocx } from '../../../src/exchange/reports/docx.ts';
import { writePptx } from '../../../src/exchange/reports/pptx.ts';
import { sampleDocument } from '../../../src/reports/sample-document.ts';
import { assets, plain, saidIn } from './office-parts.ts';

const has = (program: string, ...args: string[]): boolean => spawnSync(program, args).error === undefined;
const folder = mkdtempSync(join(tmpdir(), 'verbatim-office-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The words of a file as LibreOffice lays them out on pages. */
function pagesOf(name: string, bytes: Uint8Array): { words: string; pages: number } {
  writeFileSync(join(folder, name), bytes);
  const home = `-env:UserInstallation=file://${join(folder, 'home')}`;
  execFileSync('soffice', [home, '--headless', '--convert-to', 'pdf', '--outdir', folder, join(folder, name)], {
    stdio: 'ignore',
    timeout: 100_000,
  });
  const pdf = join(folder, name.replace(/\.\w+$/, '.pdf'));
  const words = execFileSync('pdftotext', ['-layout', pdf, '-']).toString();
  expect(readFileSync(pdf).subarray(0, 5).toString()).toBe('%PDF-');
  return { words: plain(words), pages: words.split('\f').length - 1 };
}

/** A table or a right-to-left line may be broken over lines; whole sentences from left to right in one cell are not. */
const lines = saidIn(sampleDocument).filter(
  (text) => text.length < 40 && !/[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(text),
);

describe.skipIf(!has('soffice', '--version') || !has('pdftotext', '-v'))('where LibreOffice is at hand', () => {
  test('a report for Word opens, and says on its pages what it holds', { timeout: 120_000 }, async () => {
    const { words, pages } = pagesOf('report.docx', await writeDocx(sampleDocument, assets));
    expect(pages).toBeGreaterThan(3);
    expect(lines.filter((text) => !words.includes(text)).length).toBeLessThan(lines.length / 10);
  });

  test('slides open, and say what they hold', { timeout: 120_000 }, async () => {
    const { words, pages } = pagesOf('slides.pptx', await writePptx(sampleDocument, assets));
    expect(pages).toBeGreaterThan(7);
    // What finds no room on slides is in their notes, which are on no page.
    expect(lines.filter((text) => !words.includes(text)).length).toBeLessThan(lines.length / 5);
  });
});
