import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VARIABLE_NAMES } from '../src/config.ts';

const root = resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(resolve(root, file), 'utf8');

/** From left to right; a file imports its own room and what stands to its left. */
const GROUND_FLOOR = [
  'stats',
  'model',
  'text',
  'themes',
  'scales',
  'quality',
  'logic',
  'rules',
  'coding',
  'privacy',
  'segments',
  'personas',
  'charts',
  'reports',
  'exchange',
  'demo',
];
const ROOMS = [
  ...GROUND_FLOOR,
  'store',
  'render',
  'workers',
  'services',
  'config',
  'verbatim',
  'web',
  'client',
  'cli',
  'main',
];

/** Where each outside package may be imported; nobody else may. */
const HOMES: Record<string, readonly string[]> = {
  kysely: ['store'],
  'better-sqlite3': ['store'],
  pg: ['store'],
  express: ['web'],
  helmet: ['web'],
  cookie: ['web'],
  multer: ['web'],
  compression: ['web'],
  handlebars: ['render'],
  natural: ['text'],
  eld: ['text'],
  'stopwords-iso': ['text'],
  'snowball-stemmers': ['text'],
  'wink-nlp': ['text'],
  'wink-eng-lite-web-model': ['text'],
  zod: ['model', 'config', 'web', 'client'],
  'zod-openapi': ['web'],
  re2js: ['model'],
  i18next: ['render'],
  'file-type': ['services'],
  'mmdb-lib': ['services'],
  bowser: ['services'],
  nodemailer: ['services'],
  otpauth: ['services'],
  'openid-client': ['services'],
  '@simplewebauthn/server': ['services'],
  '@zxcvbn-ts/language-common': ['services'],
  qrcode: ['exchange'],
  'read-excel-file': ['exchange'],
  'write-excel-file': ['exchange'],
  'fast-xml-parser': ['exchange'],
  fflate: ['exchange'],
  'ical-generator': ['exchange'],
  pdfkit: ['exchange'],
  fontkit: ['exchange'],
  linebreak: ['exchange'],
  'bidi-js': ['exchange'],
  docx: ['exchange'],
  '@resvg/resvg-js': ['exchange'],
  jstat: ['stats'],
  'csv-parse': ['exchange'],
  'csv-stringify': ['exchange'],
  commander: ['cli'],
  pino: ['cli', 'main', 'web'],
  'prom-client': ['services'],
};

type Import = { file: string; room: string; target: string; isType: boolean };

function importsOf(file: string): Import[] {
  const room = file.split('/')[1]?.replace(/\.ts$/, '') ?? '';
  const source = read(file).replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  return [
    ...source.matchAll(
      /\b(?:import|export)\s+(type\s+)?(?:[^'";]*?\bfrom\s*)?'([^']+)'|\b(?:import|load|resolve)\(\s*'([^']+)'\s*\)/g,
    ),
  ].map(([, type, from, dynamic]) => ({
    file,
    room,
    target: from ?? dynamic ?? '',
    isType: type !== undefined,
  }));
}

const files = globSync('src/**/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.d.ts'))
  .sort();
const imports = files.flatMap(importsOf);
/** What Verbatim knows and ships, such as the list of stop words, may be read by whoever needs it. */
const isShipped = ({ target }: Import) =>
  /^(\.\.\/)+data\/(words|instruments|questions)\/([a-z-]+\/)?[a-z0-9.-]+\.json$/.test(target);
const inside = imports.filter((one) => one.target.startsWith('.') && !isShipped(one));
const packageOf = (target: string) =>
  target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : (target.split('/')[0] ?? '');

describe('the house', () => {
  test('there is something to look at', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(300);
  });

  test('every file stands in a room that the order knows', () => {
    const rooms = new Set(imports.map(({ room }) => room).filter((room) => room !== 'browser'));
    expect([...rooms].filter((room) => !ROOMS.includes(room))).toEqual([]);
  });

  test('a file imports its own room and what stands to its left', () => {
    const wrong = inside.flatMap(({ file, room, target }) => {
      const found = resolve('/', file, '..', target).slice(1);
      const other = ROOMS.indexOf(found.split('/')[1]?.replace(/\.ts$/, '') ?? '');
      return found.startsWith('src/') && other >= 0 && other <= ROOMS.indexOf(room)
        ? []
        : [`${file} imports ${target}`];
    });
    expect(wrong).toEqual([]);
  });

  test('imports say .ts and reach for no index', () => {
    const wrong = inside.filter(({ target }) => !/\.ts$/.test(target) || /\/index\.ts$/.test(target));
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test('each outside package has one home', () => {
    const outside = imports.filter(({ target }) => !target.startsWith('.') && !target.startsWith('node:'));
    const wrong = outside.filter(({ room, target }) => !HOMES[packageOf(target)]?.includes(room));
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  test('natural is imported by sub-path, since its root drags in database drivers', () => {
    expect(imports.filter(({ target }) => target === 'natural')).toEqual([]);
  });

  test('every package that Verbatim runs on is one that some file imports', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    const strangers = Object.keys(dependencies).filter(
      (name) => !/^@(fontsource|expo-google-fonts)/.test(name) && !(name in HOMES),
    );
    expect(strangers).toEqual([]);
  });

  test('the ground floor has no files, no clock and no chance of its own', () => {
    const wrong = files
      .filter((file) => GROUND_FLOOR.includes(file.split('/')[1] ?? ''))
      .flatMap((file) => {
        const found = /Math\.random|Date\.now|new Date\(\)|performance\.now|process\.env|randomBytes|randomUUID/.exec(
          read(file),
        );
        const reached = importsOf(file).filter(({ target }) =>
          /^node:(fs|path|os|net|http|child_process|worker_threads)/.test(target),
        );
        return [
          ...(found ? [`${file} says ${found[0]}`] : []),
          ...reached.map(({ target }) => `${file} imports ${target}`),
        ];
      });
    expect(wrong).toEqual([]);
  });

  test('nothing is ever put on a page unescaped', () => {
    const pages = globSync(['src/**/*', 'views/**/*', 'templates/**/*'], { cwd: root }).filter((file) =>
      /\.(ts|js|hbs|html|json)$/.test(file),
    );
    expect(pages.length).toBeGreaterThan(100);
    expect(pages.filter((file) => read(file).includes('{{{') || /\{\{&/.test(read(file)))).toEqual([]);
  });

  test('there are no default exports, enums or namespaces', () => {
    const wrong = files.filter((file) =>
      /^export default|^(export )?(const )?enum |^(export )?namespace /m.test(read(file)),
    );
    expect(wrong).toEqual([]);
  });

  test('every environment variable stands in the README', () => {
    let readme = '';
    try {
      readme = read('README.md');
    } catch {
      expect.fail('There is no README.md, and it is where people look for the environment variables');
    }
    expect(VARIABLE_NAMES.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});
