import { readFileSync } from 'node:fs';
import { showDate } from '../../render/helpers.ts';
import type { UpkeepDone, UpkeepFigures } from '../../services/upkeep.ts';
import { instanceFigureStore } from '../../store/instance-figures.ts';
import { COPY_DAYS_MOST, type KeptCopy } from '../../store/kept-copies.ts';
import { SCHEMA_VERSION } from '../../store/migrate.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { faultsOf } from '../health.ts';
import { head, showPage } from './frame.ts';

const HOUR_MS = 3_600_000;
/** A daily copy may be late by as much again before somebody should look. */
const COPY_HOURS_MOST = 48;
const DISK_FREE_NOTE = 0.15;
const COPIES_SHOWN = 20;

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const count = (value: number): string => value.toLocaleString('en-GB');
const share = (value: number): string => `${(value * 100).toFixed(0)} %`;

/**
 * A size for people.
 *
 * @example
 * sizeOf(5_368_709_120) // => '5.0 GiB'
 * sizeOf(900) // => '900 B'
 */
export function sizeOf(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/**
 * How long ago something was, in the largest unit that it fills.
 *
 * @example
 * agoOf(90 * 60_000) // => '1 hour ago'
 * agoOf(3 * 86_400_000) // => '3 days ago'
 */
export function agoOf(ms: number): string {
  const [unit, length] = (
    [
      ['day', 86_400_000],
      ['hour', HOUR_MS],
      ['minute', 60_000],
    ] as const
  ).find(([, one]) => ms >= one) ?? ['minute', 60_000];
  const whole = Math.max(0, Math.floor(ms / length));
  return whole === 0 ? 'just now' : `${whole} ${unit}${whole === 1 ? '' : 's'} ago`;
}

type Notice = { kind: 'warn' | 'bad'; title: string; text: string | null; links: [] };
const notice = (kind: Notice['kind'], title: string, text: string | null = null): Notice => ({
  kind,
  title,
  text,
  links: [],
});

/** What an administrator should do something about, the worst first. */
export function noticesOf(faults: readonly string[], figures: UpkeepFigures, now: Date): Notice[] {
  const { lastCheck, lastCopy, copies, copiesDaily, disk } = figures;
  const newest = copies[0];
  const ageMs = newest ? now.getTime() - newest.at.getTime() : null;
  return [
    ...faults.map((fault) => notice('bad', 'Not ready for answers', fault)),
    ...(lastCheck && !lastCheck.isWell
      ? [
          notice(
            'bad',
            'The database is damaged',
            `${lastCheck.detail}. Stop the server and bring back the newest copy that is whole with "npx verbatim restore"`,
          ),
        ]
      : []),
    ...(lastCopy && !lastCopy.isWell ? [notice('bad', 'The last daily copy failed', lastCopy.detail)] : []),
    ...(copiesDaily && ageMs !== null && ageMs > COPY_HOURS_MOST * HOUR_MS
      ? [notice('warn', `The newest copy was made ${agoOf(ageMs)}`, 'Daily copies are on, so something keeps them off')]
      : []),
    ...(disk.freeShare < DISK_FREE_NOTE
      ? [
          notice(
            'warn',
            `Only ${share(disk.freeShare)} of the disk is free`,
            'Below 5 % Verbatim says that it is not ready for answers',
          ),
        ]
      : []),
  ];
}

const KINDS: Record<KeptCopy['kind'], string> = {
  daily: 'daily or by hand',
  'before-upgrade': 'before an upgrade',
  named: 'named by somebody; never removed',
};
const text = (value: string) => ({ text: value, href: null, isNumber: false });
const rowsOf = (pairs: readonly (readonly [string, string])[]) =>
  pairs.map(([name, value]) => ({ cells: [text(name), text(value)] }));
const facts = (caption: string, pairs: readonly (readonly [string, string])[]) => ({
  caption,
  columns: [
    { label: 'What', isNumber: false },
    { label: 'How it is', isNumber: false },
  ],
  rows: rowsOf(pairs),
  isStacked: true,
});

/** How the installation fares, for whoever runs it: figures and states, and nothing of any study. */
export function adminDoor(door: Doorway, house: House): void {
  const { verbatim } = house;

  door.get('/studio/admin', 'admin', async (visit, _req, res) => {
    const { database, upkeep, logs, now } = verbatim;
    const store = instanceFigureStore(database.kysely, database.engine);
    const [figures, faults, accounts, runs] = [
      await upkeep.figures(),
      await faultsOf(house),
      await store.accounts(),
      await store.runs(),
    ];
    const holds = await verbatim.retention.held();
    const at = now();
    const ago = (when: Date | string): string => agoOf(at.getTime() - new Date(when).getTime());
    const done = (one: UpkeepDone | null, never: string): string =>
      one === null ? never : `${one.isWell ? 'well' : 'failed'}, ${ago(one.at)}: ${one.detail}`;
    const isFile = database.engine === 'sqlite';
    const { counts } = logs;
    await showPage(house, visit, res, 'admin', 'studio/admin', {
      head: head(
        [],
        'This installation',
        'How Verbatim fares here: for whoever runs it. Nothing of what studies hold stands on it.',
      ),
      notices: noticesOf(faults, figures, at),
      tables: [
        facts('Now', [
          ['Ready for answers', faults.length === 0 ? 'yes' : 'no'],
          ['Free disk', `${sizeOf(figures.disk.freeBytes)} (${share(figures.disk.freeShare)})`],
          ...(figures.databaseBytes === null ? [] : ([['Database', sizeOf(figures.databaseBytes)]] as const)),
          ...(figures.journalBytes === null
            ? []
            : ([['Write-ahead log beside it', sizeOf(figures.journalBytes)]] as const)),
          ['Writes waiting', count(logs.waiting())],
          ['Long work waiting', count(await verbatim.jobsWaiting())],
          ['Analyses going on', count(runs.get('running') ?? 0)],
          ['Analyses that failed', count(runs.get('failed') ?? 0)],
          [
            'Records of responses since the start',
            `${count(counts.acknowledged)} kept, ${count(counts.repeated)} sent again, ${count(counts.refused)} refused, ${count(counts.failed)} failed`,
          ],
        ]),
        facts('People and studies', [
          ['Accounts', count(accounts.open)],
          ['Accounts without a second factor', count(accounts.withoutSecondFactor)],
          ['Studies', count(await store.studies())],
        ]),
        ...(holds.length === 0
          ? []
          : [
              facts(
                'Legal holds: nothing of these studies goes by its age',
                holds.map(({ study, workspace, since, by }) => [
                  `Study ${study.slice(0, 8)} of ${workspace}`,
                  `since ${showDate(since ?? '')}${by === null ? '' : `, set by ${by}`}`,
                ]),
              ),
            ]),
        facts('Care', [
          [
            'Daily copies',
            !isFile
              ? 'made by whoever runs the PostgreSQL'
              : figures.copiesDaily
                ? `on, ${figures.sealsCopies ? 'sealed' : 'not sealed: VERBATIM_BACKUP_KEY is not set'}`
                : 'off (VERBATIM_BACKUP_DAILY=0)',
          ],
          ...(isFile
            ? ([
                ['Last daily copy', done(figures.lastCopy, 'none yet')],
                ['Last look through the whole database', done(figures.lastCheck, 'none yet; it is done every week')],
              ] as const)
            : []),
        ]),
        facts('Versions', [
          ['Verbatim', version],
          ['Schema', String(SCHEMA_VERSION)],
          ['Database', await store.engineVersion()],
          ['Node', process.versions.node],
        ]),
      ],
      copies: isFile
        ? {
            caption: `Copies in the data folder, kept for ${COPY_DAYS_MOST} days at the most`,
            columns: ['Made', 'Kind', 'Sealed', 'Size'].map((label) => ({ label, isNumber: label === 'Size' })),
            rows: figures.copies.slice(0, COPIES_SHOWN).map((copy) => ({
              cells: [
                text(`${showDate(copy.at.toISOString(), true)} UTC`),
                text(KINDS[copy.kind]),
                text(copy.isSealed ? 'yes' : 'no'),
                { ...text(sizeOf(copy.bytes)), isNumber: true },
              ],
            })),
            emptyText:
              'None yet. The first daily copy is made when the installation is a day old; "npx verbatim backup" makes one now.',
            isStacked: true,
          }
        : null,
      more:
        figures.copies.length > COPIES_SHOWN
          ? `${count(figures.copies.length - COPIES_SHOWN)} older ones are not shown.`
          : '',
    });
  });
}
