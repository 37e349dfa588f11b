import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
type Locked = { version?: string; license?: string; dev?: boolean; hasInstallScript?: boolean; resolved?: string };
const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};
/** Every package that runs with Verbatim, those of its packages included. */
const running = Object.entries(lock.packages).filter(([at, { dev }]) => at !== '' && dev !== true);
const nameOf = (at: string): string => at.replace(/^.*node_modules\//, '');

/** What a package says its licence is: in the lockfile, else in its own description, else in the text beside it. */
function licenceOf([at, { license }]: [string, Locked]): string {
  if (license !== undefined) return license;
  const folder = path.join(ROOT, at);
  const { licenses } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    licenses?: { type: string }[];
  };
  if (licenses !== undefined) return licenses.map(({ type }) => type).join(' OR ');
  const text = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  return text === undefined ? '' : readFileSync(path.join(folder, text), 'utf8');
}

test('nothing that runs with Verbatim is under a licence that would reach over to it', () => {
  expect(running.length).toBeGreaterThan(60);
  const REACHES_OVER = /\b[AL]?GPL\b|GNU |SSPL|BUSL|CC-BY-NC|UNLICENSED/;
  // “Either … or …” leaves the choice.
  const isFree = (licence: string) =>
    licence.split(/ OR /i).some((one) => one.trim() !== '' && !REACHES_OVER.test(one));
  expect(running.filter((one) => !isFree(licenceOf(one))).map((one) => `${one[0]}: ${licenceOf(one)}`)).toEqual([]);
});

test('no package runs a script of its own when it is installed, but for what the project says', () => {
  const { allowScripts = {} } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    allowScripts?: Record<string, boolean>;
  };
  const scripted = running.filter(([, { hasInstallScript }]) => hasInstallScript).map(([at]) => nameOf(at));
  expect(scripted.filter((name) => !(name in allowScripts))).toEqual([]);
  expect(Object.values(allowScripts).every((isAllowed) => !isAllowed)).toBe(true);
});

test('every package is pinned to one version', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(path.join(ROOT, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>;
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }))
    expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
  expect(running.filter(([, { version }]) => version === undefined).map(([at]) => at)).toEqual([]);
});
