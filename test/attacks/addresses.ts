import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RouteRow } from '../../src/web/doorway.ts';
import type { Planted } from './attacked-house.ts';

/** An id that is well formed and nobody's. */
export const NOBODY = 'AAAAAAAAAAAAAAAAAAAAAA';

const SRC = path.resolve(import.meta.dirname, '../../src/web');

/** Every name that some page reads from an address. */
export function queryNames(): string[] {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const names = files.flatMap((file) =>
    [
      ...readFileSync(path.join(SRC, file), 'utf8').matchAll(
        /(?:queryOf|queryListOf|queryList)\(\w+, '([^']+)'|query\['([^']+)'\]/g,
      ),
    ].map(([, one, other]) => one ?? other ?? ''),
  );
  return [...new Set(names)].sort();
}

/**
 * Where a route leads in a house: things that are there for the names in it, and for others an id that is nobody's.
 *
 * @param links addresses that pages of the house lead to; one that fits the route is taken before any other
 */
export function addressOf(
  { path: pattern, access }: RouteRow,
  planted: Planted,
  links: readonly string[] = [],
): string {
  const shape = new RegExp(
    `^${pattern.replace('{/*prefix}', '').replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/?]+')}$`,
  );
  const known = links.find((link) => shape.test(link.split('?')[0] ?? ''));
  if (known !== undefined) return known.split('?')[0] ?? '';
  return pattern.replace('{/*prefix}', '').replaceAll(/:(\w+)/g, (_all, name: string) => {
    if (name === 'slug') return planted.slug;
    if (name === 'key') return planted.writeKey;
    if (name === 'token') return pattern.startsWith('/shared') ? planted.share : planted.token;
    if (name === 'page' || name === 'revision' || name === 'version') return '1';
    if (name === 'study' && access !== 'key') return planted.ids['study'] ?? NOBODY;
    return planted.ids[name] || NOBODY;
  });
}
