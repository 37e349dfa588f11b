import { API_SCOPES } from '../../model/api-scope.ts';
import { KEPT_HOURS } from '../../services/api-answers.ts';
import { type OpenApi, openPath, pathNames, refusals } from './openapi.ts';
import { NoBody, type Operation } from './operation.ts';
import { API, type Operations } from './operations.ts';

type Schema = Readonly<Record<string, unknown>>;
type Row = { name: string; type: string; href: string; isRequired: boolean; text: string };

const NESTED_MAX = 2;
const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const nameIn = (ref: unknown): string => String(ref).split('/').at(-1) ?? '';

/** What a value may be, in a few words. */
function typeOf(schema: Schema): string {
  if (schema['$ref'] !== undefined) return nameIn(schema['$ref']);
  const choices = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined;
  if (choices) return [...new Set(choices.map(typeOf))].join(' or ');
  if (Array.isArray(schema['enum'])) return schema['enum'].map((one) => JSON.stringify(one)).join(' or ');
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  if (schema['type'] === 'array') return isSchema(schema['items']) ? `list of ${typeOf(schema['items'])}` : 'list';
  if (Array.isArray(schema['type'])) return schema['type'].join(' or ');
  return typeof schema['type'] === 'string' ? schema['type'] : 'anything';
}

/** Where the shape stands that a value is, or is a list of; empty for what has no name. */
function shapeIn(schema: unknown): string {
  if (!isSchema(schema)) return '';
  if (schema['$ref'] !== undefined) return `#shape-${nameIn(schema['$ref'])}`;
  return schema['type'] === 'array' ? shapeIn(schema['items']) : '';
}

/** The fields of an object, those of objects within it behind a point. */
function rowsOf(schema: Schema, prefix = '', depth = 0): Row[] {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(properties).flatMap(([name, value]) => {
    if (!isSchema(value)) return [];
    const own = {
      name: `${prefix}${name}`,
      type: typeOf(value),
      href: shapeIn(value),
      isRequired: required.includes(name),
      text: typeof value['description'] === 'string' ? value['description'] : '',
    };
    const items = isSchema(value['items']) ? value['items'] : null;
    const inner =
      depth < NESTED_MAX
        ? items
          ? rowsOf(items, `${prefix}${name}[].`, depth + 1)
          : rowsOf(value, `${prefix}${name}.`, depth + 1)
        : [];
    return [own, ...inner];
  });
}

/** A request as it is typed into a terminal; what stands in braces is to be filled in. */
export function curlOf(one: Operation): string {
  const query = one.example?.query
    ? `?${Object.entries(one.example.query)
        .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
        .join('&')}`
    : '';
  const lines = [
    `curl ${one.method === 'GET' ? '' : `-X ${one.method} `}"{server}${openPath(one.path)}${query}"`,
    `-H "Authorization: Bearer {key}"`,
    ...(one.needsMatch ? [`-H 'If-Match: {etag}'`] : []),
    ...(one.body === NoBody
      ? []
      : [
          `-H "Content-Type: application/json"`,
          `-d '${JSON.stringify(one.example?.body ?? {}, null, 2).replaceAll("'", "'\\''")}'`,
        ]),
  ];
  return lines.join(' \\\n  ');
}

/** The reference: everything of the document that a person reads, with the requests that the tests send. */
export function referencePage(operations: Operations, document: OpenApi): Record<string, unknown> {
  const all = Object.entries(operations);
  const schemas = Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>);
  const rowsIn = (value: unknown): Row[] => (isSchema(value) ? rowsOf(value) : []);
  return {
    title: 'API reference',
    lang: 'en',
    api: API,
    keptHours: KEPT_HOURS,
    scopes: Object.entries(API_SCOPES).map(([name, { label }]) => ({ name, label })),
    chapters: [...Map.groupBy(all, ([, { chapter }]) => chapter)].map(([title, those]) => ({
      title,
      id: anchorOf(title),
      operations: those.map(([name, one]) => {
        const told = (document.paths?.[openPath(one.path)] as Record<string, Schema> | undefined)?.[
          one.method.toLowerCase()
        ];
        const parameters = (told?.['parameters'] ?? []) as Schema[];
        const body = contentOf(told?.['requestBody']);
        const answer = contentOf((told?.['responses'] as Schema | undefined)?.[String(one.status)]);
        return {
          name,
          method: one.method,
          path: openPath(one.path),
          title: one.title,
          text: one.text ?? '',
          scope: one.scope ?? '',
          parameters: parameters
            .filter((parameter) => !pathNames(one.path).includes(String(parameter['name'])))
            .map((parameter) => ({
              name: String(parameter['name']),
              type: isSchema(parameter['schema']) ? typeOf(parameter['schema']) : '',
              href: '',
              isRequired: parameter['required'] === true,
              text: String(
                parameter['description'] ?? (parameter['schema'] as Schema | undefined)?.['description'] ?? '',
              ),
            })),
          body: { type: isSchema(body) ? typeOf(body) : '', href: shapeIn(body), rows: rowsIn(body) },
          status: String(one.status),
          answer: {
            type: one.media ? one.media.join(', ') : isSchema(answer) ? typeOf(answer) : 'nothing',
            href: one.media ? '' : shapeIn(answer),
            rows: one.media ? [] : rowsIn(answer),
          },
          refusals: Object.entries(refusals(one)).map(([status, why]) => ({ status, why })),
          example: curlOf(one),
        };
      }),
    })),
    shapes: schemas.map(([name, schema]) => ({
      name,
      text: typeof schema['description'] === 'string' ? schema['description'] : '',
      type: typeOf(schema),
      rows: rowsOf(schema),
    })),
  };
}

const anchorOf = (title: string): string => title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
const contentOf = (holder: unknown): unknown => {
  const content = isSchema(holder) && isSchema(holder['content']) ? Object.values(holder['content'])[0] : null;
  return isSchema(content) ? content['schema'] : null;
};
