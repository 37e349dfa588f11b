import type { AuditOutcome } from '../../model/audit.ts';
import type { ListedEntry } from '../../store/audit-log.ts';

/** Actions that have a name of their own; nouns, since the outcome says whether it came about. */
const ACTIONS: Readonly<Record<string, string>> = {
  view: 'Look at what people said',
  export: 'File taken out',
  backup: 'Copy of everything',
  restore: 'Copy put in place',
  flood: 'Too many requests of nobody known',
  configuration: 'Change of the configuration',
  'sign-in': 'Sign-in',
  'sign-out': 'Sign-out',
  'role-change': 'Change of a role',
  'member-removal': 'Removal of a role',
  'account-made': 'New account',
  'key-made': 'New key',
  'key-ended': 'End of a key',
  'key-first-use': 'First use of a key',
  'person-erasure': 'Erasure of a person',
  'response-erasure': 'Erasure of a response',
  retention: 'End of what is kept no longer',
  reauthentication: 'Password asked once more',
};
/** Of these the room says which words they were. */
const WITH_ROOM = new Set(['view', 'export']);
/** What the last word of an address that is posted to does. */
const DEEDS: Readonly<Record<string, string>> = {
  publish: 'Publishing',
  close: 'Closing',
  open: 'Opening',
  remove: 'Removal',
  delete: 'Removal',
  end: 'End',
  undo: 'Taking back',
  withdraw: 'Withdrawal',
  edit: 'Change',
  settings: 'Change of settings',
  new: 'New',
};
const OUTCOMES: Readonly<Record<AuditOutcome, string>> = {
  done: 'Done',
  refused: 'Refused',
  failed: 'Failed',
  'broken-off': 'Broken off',
};

const spaced = (name: string): string => name.replaceAll('-', ' ');

/**
 * An address's pattern as people say it: what was done, then the rooms it leads through.
 *
 * @example
 * routeInWords('POST /studio/:study/surveys/:survey/publish') // => 'Publishing: surveys'
 * @example
 * routeInWords('POST /studio/:study/interviews/:interview/notes') // => 'Writing: interviews, notes'
 */
export function routeInWords(route: string): string {
  const [method = '', path = ''] = route.split(' ');
  const rooms = path.split('/').filter((part) => part !== '' && !part.startsWith(':') && part !== 'studio');
  const shown = rooms[0] === 'api' ? rooms.slice(2).filter((part) => part !== 'studies') : rooms;
  const last = shown.at(-1) ?? '';
  const deed = DEEDS[last];
  const about = (deed === undefined ? shown : shown.slice(0, -1)).map(spaced).join(', ');
  const said = deed ?? (method === 'DELETE' ? 'Removal' : method === 'GET' ? 'Reading' : 'Writing');
  return about === '' ? said : `${said}: ${about}`;
}

export const actionInWords = ({ action, detail }: Pick<ListedEntry, 'action' | 'detail'>): string => {
  if (action.includes(' ')) return routeInWords(action);
  const named = ACTIONS[action] ?? spaced(action);
  const where =
    detail.route === undefined || !WITH_ROOM.has(action) ? '' : routeInWords(detail.route).replace(/^[^:]*:? ?/, '');
  return where === '' ? named : `${named}: ${where}`;
};

export const outcomeInWords = ({ outcome, status }: Pick<ListedEntry, 'outcome' | 'status'>): string =>
  outcome === 'done' || status === null ? OUTCOMES[outcome] : `${OUTCOMES[outcome]} (${status})`;

/** Who acted, as they are called today. */
export function actorInWords({ actorKind, userName, keyName }: ListedEntry): string {
  if (actorKind === 'user') return userName ?? 'An account that is gone';
  if (actorKind === 'key') return `The key ${keyName === null ? 'of a program' : `“${keyName}”`}`;
  return { nobody: 'Nobody who was signed in', operator: 'The command line', system: 'Verbatim itself' }[actorKind];
}

/** What may be told beside: how many rows, how much of people, why. */
export const detailInWords = (
  { detail, object }: Pick<ListedEntry, 'detail' | 'object'>,
  withReason: boolean,
): string =>
  [
    ...(detail.rows === undefined ? [] : [`${detail.rows.toLocaleString('en-GB')} rows`]),
    ...(detail.level === undefined ? [] : [spaced(detail.level)]),
    ...(detail.format === undefined ? [] : [detail.format]),
    ...(detail.names === undefined ? [] : [detail.names.join(', ')]),
    ...(withReason && detail.reason !== undefined ? [`“${detail.reason}”`] : []),
    ...(object === '' ? [] : [object.replaceAll(':', ' ')]),
  ].join(' · ');
