import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ApiScope } from '../../src/model/api-scope.ts';

/*
 * Who may do what, written down by hand beside the product and not taken from it: what each address is for stands in
 * test/fixtures/access/addresses.txt, and who may do that in the table below. The doors are held against both.
 */

/** Everybody who may come to a door. */
export const WHO = [
  'anonymous',
  /** Whoever holds the receipt of a response of the study. */
  'respondent',
  'viewer',
  'researcher',
  'owner',
  /** An administrator of the installation who is no member of the study. */
  'admin',
  /** A member of another study of the same workspace. */
  'stranger',
  /** Who was a member until a moment ago. */
  'removed',
  /** A program with a key of the study that has every scope. */
  'key',
] as const;
export type Who = (typeof WHO)[number];

/**
 * `in`: let in, whatever comes of it; `ask`: sent to sign in, or told to (401); `401`, `403`, `404`: refused so; `open`: as
 * it is for anybody, whoever asks.
 */
export type Outcome = 'in' | 'ask' | '401' | '403' | '404' | 'open';

const row = (outcomes: string) =>
  Object.fromEntries(outcomes.split(' ').map((outcome, at) => [WHO[at], outcome])) as Record<Who, Outcome>;

//                      anonymous respondent viewer researcher owner admin stranger removed key
const EVERYBODY = row('open open open open open open open open open');
const VIEWERS = row('ask ask in in in 404 404 404 ask');
const RESEARCHERS = row('ask ask 403 in in 404 404 404 ask');
// An owner of the study alone owns no other study of its workspace.
const WORKSPACE_OWNERS = row('ask ask 403 403 403 404 404 404 ask');
const OWNERS = row('ask ask 403 403 in 404 404 404 ask');
const ACCOUNTS = row('ask ask in in in in in in ask');
const ADMINISTRATORS = row('ask ask 403 403 403 in 403 403 ask');
const KEYS = row('401 401 401 401 401 401 401 401 in');

/** What is done at an address, and who may do it. */
export const MATRIX: Readonly<Record<string, Record<Who, Outcome>>> = {
  'read about the product': EVERYBODY,
  probes: EVERYBODY,
  'sign in': EVERYBODY,
  // What opens these is a token or a write key in the address or the body; who is signed in changes nothing.
  'begin a published survey': EVERYBODY,
  'own response: submit and resume': EVERYBODY,
  'own response: access, correct, withdraw': EVERYBODY,
  'own booking': EVERYBODY,
  'own letters': EVERYBODY,
  'give feedback': EVERYBODY,
  'read what was shared': EVERYBODY,
  'events and widgets': EVERYBODY,
  'own account': ACCOUNTS,
  'the installation': ADMINISTRATORS,
  'the workspace of the study': WORKSPACE_OWNERS,
  'overview and aggregated figures': VIEWERS,
  'surveys: read': VIEWERS,
  'personas and insights: read': VIEWERS,
  'personas and insights: comment and follow': VIEWERS,
  'personas, insights, reports: write': RESEARCHERS,
  'raw words and single answers': RESEARCHERS,
  'interviews, codes, memos': RESEARCHERS,
  'people, events, letters': RESEARCHERS,
  'analyses: write': RESEARCHERS,
  'surveys: write, and what is counted of them': RESEARCHERS,
  'surveys: publish and close': RESEARCHERS,
  'export and exchange of the study': RESEARCHERS,
  'tickets from feedback': RESEARCHERS,
  'members, keys, hooks': OWNERS,
  'audit log of the study': OWNERS,
  'settings that guard people': OWNERS,
  'key table': OWNERS,
  'retention: read, and ask for an erasure': RESEARCHERS,
  'erase, and all of one person': OWNERS,
  'API: any scope': KEYS,
  'API: aggregate:read': KEYS,
  'API: survey:read': KEYS,
  'API: survey:write': KEYS,
  'API: survey:publish': KEYS,
  'API: submit': KEYS,
  'API: responses:read': KEYS,
  'API: responses:write': KEYS,
  'API: export': KEYS,
  'API: people:read': KEYS,
  'API: people:write': KEYS,
  'API: hooks:read': KEYS,
  'API: analysis:read': KEYS,
  'API: analysis:write': KEYS,
  'API: interviews:read': KEYS,
  'API: interviews:write': KEYS,
  'API: report:read': KEYS,
  'API: report:write': KEYS,
};

/** What other sites' pages may send to and read from, without cookies. */
export const OPEN_TO_OTHER_SITES = 'events and widgets';

/** The scope that a key needs for what is done there; null where any key will do, or it is nothing of the API. */
export const scopeOf = (purpose: string): ApiScope | null =>
  purpose.startsWith('API: ') && purpose !== 'API: any scope' ? (purpose.slice(5) as ApiScope) : null;

export type Address = { method: string; path: string; purpose: string };

/** The addresses as they were written down, in their order. */
export function writtenAddresses(): Address[] {
  const text = readFileSync(path.resolve(import.meta.dirname, '../fixtures/access/addresses.txt'), 'utf8');
  let purpose = '';
  const found: Address[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('## ')) purpose = line.slice(3);
    else if (line !== '' && !line.startsWith('#')) {
      const [method = '', where = ''] = line.split(' ');
      found.push({ method, path: where, purpose });
    }
  }
  return found;
}
