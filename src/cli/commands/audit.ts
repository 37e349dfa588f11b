import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { KnownHead } from '../../services/known-heads.ts';
import type { ListedEntry } from '../../store/audit-log.ts';
import { type Environment, openDesk, studyNamed } from '../desk.ts';
import { withExample } from '../example.ts';
import { CheckFailed, UsageError } from '../exit.ts';

/** `audit`: whether the log of who did what is whole, and who saw what. */
export function addAuditCommand(program: Command, environment: Environment): void {
  const audit = program
    .command('audit')
    .description('The log of who did what: whether it is whole, and who saw or took out what people said');

  const verify = audit
    .command('verify')
    .description(
      'Seal every row once more and hold the log against the manifests of copies; ends with 1 when a row was changed or is missing',
    )
    .option('--copy <file...>', 'copies that are kept elsewhere; those in the data folder are looked at anyway')
    .option('--json', 'print JSON')
    .action(async ({ copy = [] }: { copy?: string[] }, self: Command) => {
      const desk = openDesk(self, environment);
      const known = await knownHeads(desk.folder, copy);
      const found = await desk.withVerbatim(({ audit }) => audit.verify(known));
      const isWhole = found.changed.length + found.missing.length + found.contradicted.length === 0;
      desk.say({ isWhole, ...found }, [
        ...found.changed.map((number) => `Row ${number} is not what was written`),
        ...found.missing.map(({ from, to }) =>
          from === to ? `Row ${from} is missing` : `Rows ${from} to ${to} are missing`,
        ),
        ...found.contradicted.map(({ copy, number, reason }) =>
          reason === 'cut-off'
            ? `The log ends at row ${found.head?.number ?? 0}, but the copy ${copy} knows row ${number}: its end was cut off`
            : `Row ${number} is another one than the copy ${copy} knows`,
        ),
        ...found.explained.map(
          ({ copy, number, restoredAt }) =>
            `The copy ${copy} knows row ${number}, which is gone since an older copy was restored at ${restoredAt}`,
        ),
        isWhole
          ? `The log is whole: ${found.rows} rows, ${found.agreed} of ${known.length} copies with a place in it agree`
          : `The log is not whole: ${found.rows} rows were read`,
        ...(found.head ? [`It ends with row ${found.head.number}, ${found.head.hash}`] : []),
      ]);
      if (!isWhole) throw new CheckFailed();
    });
  withExample(verify, 'audit verify', 'audit verify --copy /mnt/copies/monday.db');

  const report = audit
    .command('report')
    .description('List who looked at or took out what people said, and what was refused, since a day or a moment')
    .requiredOption('--since <time>', 'a day or a moment in UTC, as 2026-03-02 or 2026-03-02T09:00:00Z')
    .option('--study <study>', 'in one study, by id or name')
    .option('--json', 'print JSON')
    .action(async ({ since, study }: { since: string; study?: string }, self: Command) => {
      const at = /^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(since) ? new Date(since) : null;
      if (at === null || Number.isNaN(at.getTime()))
        throw new UsageError('--since is a day or a moment in UTC, such as 2026-03-02 or 2026-03-02T09:00:00Z');
      const desk = openDesk(self, environment);
      const entries = await desk.withVerbatim(async (verbatim) => {
        const id = study === undefined ? undefined : (await studyNamed(verbatim, study)).id;
        const rows: ListedEntry[] = [];
        for await (const row of verbatim.audit.since(at.toISOString(), id)) if (tellsOfLooking(row)) rows.push(row);
        return rows;
      });
      const told = (...actions: string[]) => entries.filter(({ action }) => actions.includes(action));
      const refused = entries.filter(({ outcome }) => outcome === 'refused');
      desk.say({ since: at.toISOString(), entries }, [
        ...entries.map(lineOf),
        `Since ${at.toISOString()}: ${told('view').length} looks, ${told('export').length} files, ${told('backup').length} copies of everything, ${refused.length} refused; by ${new Set(entries.map(whoIn)).size} people and programs`,
      ]);
    });
  withExample(
    report,
    'audit report --since 2026-03-02',
    'audit report --since 2026-03-02 --study "Moving house" --json',
  );
}

/** What matters after a breach: looks, files, copies, and attempts that failed. */
const tellsOfLooking = ({ action, outcome }: ListedEntry): boolean =>
  action === 'view' || action === 'export' || action === 'backup' || action === 'restore' || outcome === 'refused';

const whoIn = ({ actorKind, actorId, userName, keyName }: ListedEntry): string =>
  userName ?? keyName ?? (actorId === null ? actorKind : `${actorKind} ${actorId}`);

function lineOf(entry: ListedEntry): string {
  const { number, at, action, object, outcome, studyName, detail } = entry;
  const about = [
    ...(studyName === null ? [] : [`in ${studyName}`]),
    ...(object === '' ? [] : [object]),
    ...(detail.rows === undefined ? [] : [`${detail.rows} rows`]),
    ...(detail.level === undefined ? [] : [detail.level]),
    ...(detail.format === undefined ? [] : [detail.format]),
    ...(detail.route === undefined ? [] : [detail.route]),
    ...(detail.reason === undefined ? [] : [`“${detail.reason}”`]),
  ];
  return [`${number}`, at, whoIn(entry), action, outcome, ...about].join('  ');
}

/** Where the log ended by the manifests of copies. @throws {UsageError} for a copy without one */
async function knownHeads(folder: string, named: readonly string[]): Promise<KnownHead[]> {
  const { keptCopies } = await import('../../store/kept-copies.ts');
  const { readIdentity } = await import('../../store/data-folder.ts');
  const { id } = readIdentity(folder);
  const kept = keptCopies(folder).map(({ file }) => file);
  return [...new Set([...kept, ...named.map((file) => path.resolve(file))])].flatMap((copy) => {
    const manifest = `${copy}.json`;
    if (!existsSync(manifest)) {
      if (kept.includes(copy)) return [];
      throw new UsageError(`${copy} has no manifest ${manifest} that could be read`);
    }
    const { installationId, createdAt, auditHead } = JSON.parse(readFileSync(manifest, 'utf8')) as {
      installationId: string;
      createdAt: string;
      auditHead?: { number: number; hash: string };
    };
    return auditHead && installationId === id ? [{ ...auditHead, at: createdAt, copy }] : [];
  });
}
