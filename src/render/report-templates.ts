import path from 'node:path';
import Handlebars from 'handlebars';
import type { ReportPage } from '../exchange/reports/html.ts';
import { helpers } from './helpers.ts';
import { namesIn, OperatorFileError, readOperatorFile } from './operator-files.ts';
import { copyViewData } from './view-data.ts';
import { fontRules } from './web-fonts.ts';

/** A file reports are laid out by, where it comes from, and what is wrong with it. */
export type ReportTemplateFile = {
  name: string;
  origin: 'shipped' | 'own';
  fault: TemplateFault | null;
};
export type TemplateFault = {
  name: string;
  /** Counted from 1; null where it is not known. */
  line: number | null;
  message: string;
};

/** An operator's template that does not lay a report out: what is wrong, and in which line of which file. */
export class TemplateError extends Error {
  readonly fault: TemplateFault;
  constructor(fault: TemplateFault, cause: unknown) {
    super(`${fault.name}${fault.line === null ? '' : `, line ${fault.line}`}: ${fault.message}`, { cause });
    this.name = 'TemplateError';
    this.fault = fault;
  }
}

const STYLE = 'report.css';
/** Templates are read and compiled whole: of larger ones that alone takes seconds. */
const TEMPLATE_BYTES_MOST = 64 * 1024;
const TEMPLATES_BYTES_MOST = 512 * 1024;
const STYLE_BYTES_MOST = 256 * 1024;
/** Files within files: deeper than any that are meant. */
const DEPTH_MOST = 50;
/** And more often than any report has parts: files that each take in the next twice have no other end. */
const TAKEN_MOST = 2_000_000;
const TAKES_ITSELF = 'it takes itself in again without end';
/** Nothing that a report shows comes from anywhere, and nothing in it runs. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:";

/**
 * How reports are laid out as HTML: the templates that are shipped, each of which a file of the same name in the operator's
 * folder takes the place of. They are read anew each time, compiled from files alone, and reach nothing but their data.
 *
 * @param folders absolute; the own folder need not be there
 */
export function reportTemplates(folders: { shipped: string; own: string }) {
  const faults = new Map<string, TemplateFault>();
  const listed = (folder: string): string[] => {
    try {
      return namesIn(folder).filter((name) => name.endsWith('.hbs') || name === STYLE);
    } catch (error) {
      faults.set(path.basename(folder), faultOf(path.basename(folder), error));
      return [];
    }
  };
  const own = new Set(listed(folders.own));
  const names = [...new Set([...faults.keys(), ...listed(folders.shipped), ...own])].sort();
  let bytes = 0;
  const text = (name: string): string => {
    const folder = own.has(name) ? folders.own : folders.shipped;
    const read = readOperatorFile(folder, name, name === STYLE ? STYLE_BYTES_MOST : TEMPLATE_BYTES_MOST);
    if (name !== STYLE) bytes += read.length;
    if (bytes > TEMPLATES_BYTES_MOST)
      throw new OperatorFileError(
        `with it the templates have more than ${TEMPLATES_BYTES_MOST / 1024} KB: make them smaller`,
      );
    return read.toString('utf8');
  };

  const handlebars = Handlebars.create();
  handlebars.registerHelper(helpers);
  const compilation = {
    strict: true,
    preventIndent: true,
    knownHelpersOnly: true,
    knownHelpers: Object.fromEntries(Object.keys(helpers).map((name) => [name, true])),
  };
  const templates = new Map<string, HandlebarsTemplateDelegate>();
  let depth = 0;
  let taken = 0;
  let style = '';
  try {
    style = text(STYLE);
  } catch (error) {
    faults.set(STYLE, faultOf(STYLE, error));
  }
  for (const file of names.filter((name) => name.endsWith('.hbs'))) {
    const name = file.slice(0, -'.hbs'.length);
    try {
      const parsed = handlebars.compile(handlebars.parse(text(file)), compilation);
      // A name that is missing is found where it is used: what went wrong below is told of the file it lies in.
      const template = ((data: unknown, options: object) => {
        depth += 1;
        taken += 1;
        try {
          if (depth > DEPTH_MOST) throw new TemplateError({ name: file, line: null, message: TAKES_ITSELF }, null);
          if (taken > TAKEN_MOST)
            throw new TemplateError({ name: file, line: null, message: 'it is taken in too often' }, null);
          return parsed(data, options);
        } catch (error) {
          throw error instanceof TemplateError ? error : new TemplateError(faultOf(file, error), error);
        } finally {
          depth -= 1;
        }
      }) as HandlebarsTemplateDelegate;
      templates.set(name, template);
      handlebars.registerPartial(name, template);
    } catch (error) {
      faults.set(file, faultOf(file, error));
    }
  }

  return {
    files: names.map(
      (name): ReportTemplateFile => ({
        name,
        origin: own.has(name) || !name.includes('.') ? 'own' : 'shipped',
        fault: faults.get(name) ?? null,
      }),
    ),
    /**
     * @param accent `#rrggbb`, or null
     * @returns the report as one HTML file that needs nothing else
     * @throws {TemplateError} naming file and line
     */
    lay: (page: ReportPage, accent: string | null): string => {
      const [fault] = faults.values();
      if (fault) throw new TemplateError(fault, null);
      taken = 0;
      const body = templates.get('report')?.(copyViewData(page), {
        allowProtoPropertiesByDefault: false,
        allowProtoMethodsByDefault: false,
      });
      if (body === undefined)
        throw new TemplateError({ name: 'report.hbs', line: null, message: 'the file is missing' }, null);
      const brand = accent !== null && /^#[0-9a-f]{6}$/i.test(accent) ? `:root{--brand:${accent}}\n` : '';
      // A style cannot end its own element, whatever an operator writes in it.
      const rules = `${fontRules(body)}\n${style}\n${brand}`.replaceAll(/<\//g, '<\\/');
      return [
        '<!doctype html>',
        `<html lang="${escaped(page.lang)}">`,
        '<head>',
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="robots" content="noindex">',
        `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
        `<title>${escaped(page.title)}</title>`,
        `<style>\n${rules}</style>`,
        '</head>',
        '<body>',
        body,
        '</body>',
        '</html>',
        '',
      ].join('\n');
    },
  };
}
export type ReportTemplates = ReturnType<typeof reportTemplates>;

const escaped = (text: string): string => Handlebars.escapeExpression(text);

/** What Handlebars says of a mistake, in one line, and where it says that it is. */
function faultOf(name: string, error: unknown): TemplateFault {
  const { message, lineNumber } = error as Error & { lineNumber?: number };
  // What takes itself in without passing a file ends where the machine's stack does.
  if (/stack/i.test(message) && (error instanceof RangeError || error instanceof SyntaxError))
    return { name, line: null, message: TAKES_ITSELF };
  const line = /on line (\d+)/.exec(message)?.[1] ?? / - (\d+):\d+$/.exec(message)?.[1] ?? lineNumber ?? null;
  const parse = /^Parse error on line \d+:\n(.*)\n-*\^\n(.*)$/s.exec(message);
  return {
    name,
    line: line === null ? null : Number(line),
    message: parse
      ? `this cannot be read: ${parse[1]!.slice(-80)} (${parse[2]!})`
      : message.replace(/ in \[object Object\]/, '').replace(/ - \d+:\d+$/, ''),
  };
}
