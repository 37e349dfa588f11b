import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import { type Asset, loadAssets } from './assets.ts';
import { helpers } from './helpers.ts';
import { copyViewData } from './view-data.ts';

export type Renderer = {
  /**
   * Lays a view out as HTML.
   *
   * @param view its path without ending, such as `studio/overview` or `templates/reports/persona`
   * @param data strings, numbers, booleans, null, lists and plain objects; the layout reads the same data
   * @param options `layout` is the name of the page around it, such as `studio`; without one, the view alone
   * @throws {RangeError} when there is no such view or layout
   * @throws {TypeError} when the data holds anything else; Handlebars' own error when a name in the view is missing
   */
  readonly render: (
    view: string,
    data: Readonly<Record<string, unknown>>,
    options?: { readonly layout?: string | null },
  ) => string;
  /**
   * Parses every view that has not been needed yet, one at a time, so that requests come in between.
   *
   * @throws {SyntaxError} for one that does not parse
   */
  readonly warm: () => Promise<void>;
  /** The address of an asset by its name, such as `studio.css`. */
  readonly assetAddress: (name: string) => string;
  /** Everything pages link to, for the web to serve. */
  readonly assets: readonly Asset[];
  /** The names of all views and partials, sorted. */
  readonly views: readonly string[];
};

const BROWSER_FOLDER = fileURLToPath(new URL('../browser', import.meta.url));

/** Path without ending, with forward slashes → the text of the file. */
function readSources(folder: string, prefix: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.hbs'));
  return new Map(
    files
      .sort()
      .map((file) => [
        prefix + file.slice(0, -'.hbs'.length).split(sep).join('/'),
        readFileSync(join(folder, file), 'utf8'),
      ]),
  );
}

/**
 * Reads every view once. Views are called by their path under `viewsFolder`, templates by theirs under
 * `templatesFolder` with `templates/` before it; partials stand in `views/partials` and are called by name.
 * A view is parsed when it is first needed; `warm` parses the rest, so that a broken one is found soon after the start
 * and not by a visitor.
 */
export function createRenderer(folders: {
  readonly viewsFolder: string;
  readonly templatesFolder: string;
  readonly browserFolder?: string;
}): Renderer {
  const handlebars = Handlebars.create();
  const assets = loadAssets({
    stylesFolder: join(folders.viewsFolder, 'styles'),
    scriptsFolder: folders.browserFolder ?? BROWSER_FOLDER,
  });
  const addresses = new Map(assets.map((asset) => [asset.name, asset.address]));

  function assetAddress(name: string): string {
    const address = addresses.get(name);
    if (address === undefined) throw new RangeError(`No asset is called ${name}`);
    return address;
  }

  const known = { ...helpers, asset: (name: unknown) => assetAddress(String(name)) };
  const compilation = {
    strict: true,
    // A text area's lines would otherwise take on the indentation of the partial that holds it.
    preventIndent: true,
    knownHelpersOnly: true,
    knownHelpers: Object.fromEntries(Object.keys(known).map((name) => [name, true])),
  };
  handlebars.registerHelper(known);

  const sources = [...readSources(folders.viewsFolder, ''), ...readSources(folders.templatesFolder, 'templates/')];
  const templates = new Map<string, HandlebarsTemplateDelegate>();
  const parsers: (() => void)[] = [];
  for (const [name, source] of sources) {
    let parsed: HandlebarsTemplateDelegate | null = null;
    const template = ((data: unknown, options: object) => {
      parsed ??= compileSource(name, source);
      return parsed(data, options);
    }) as HandlebarsTemplateDelegate;
    parsers.push(() => {
      parsed ??= compileSource(name, source);
    });
    templates.set(name, template);
    handlebars.registerPartial(name.replace(/^partials\//, ''), template);
  }

  function compileSource(name: string, source: string): HandlebarsTemplateDelegate {
    try {
      return handlebars.compile(handlebars.parse(source), compilation);
    } catch (error) {
      throw new SyntaxError(`The view ${name} does not parse: ${(error as Error).message}`, { cause: error });
    }
  }

  function lay(name: string, data: Record<string, unknown>): string {
    const template = templates.get(name);
    if (template === undefined) throw new RangeError(`No view is called ${name}`);
    return template(data, { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false });
  }

  return {
    render(view, data, options = {}) {
      const copy = copyViewData(data);
      const body = lay(view, copy);
      if (options.layout === undefined || options.layout === null) return body;
      // The one place where ready-made HTML is put in, and it was made one line above.
      return lay(`layouts/${options.layout}`, Object.assign(copy, { body: new Handlebars.SafeString(body) }));
    },
    warm: async () => {
      for (const parse of parsers) {
        parse();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    assetAddress,
    assets,
    views: [...templates.keys()],
  };
}
