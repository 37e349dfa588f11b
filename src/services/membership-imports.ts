import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeCsv } from '../exchange/delimited.ts';
import { readAnyTable } from '../exchange/read-any-table.ts';
import { instantsIn } from '../exchange/surveys/response-dialects.ts';
import { readAddress } from '../model/contact.ts';
import { MEMBERSHIP_COLUMNS_MOST, MembershipPlan, type WhoKind } from '../model/defined-segmentation.ts';
import {
  guessMembershipColumns,
  type MembershipConflict,
  type MembershipFault,
  type MembershipRow,
  planFault,
  readMembershipRows,
  type SettledMembership,
  segmentsFault,
  settleMemberships,
} from '../model/membership-import.ts';
import { Problem } from '../model/problem.ts';
import type { Run } from '../store/analyses.ts';
import type { MembershipCounts, SegmentImport } from '../store/segment-imports.ts';
import type { Segmentation } from '../store/segmentations.ts';
import type { Study } from '../store/studies.ts';
import { keptOf, surveyOfMost } from '../workers/tasks/define-segments.ts';
import { Refusal } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import { type DefinedSegmentations, runSettings } from './defined-segmentations.ts';
import type { Runs } from './runs.ts';

export type MembershipPreview = {
  header: string[] | null;
  sample: string[][];
  /** Why the table cannot be imported as it is read; null when it can. */
  fault: string | null;
  counts: MembershipCounts;
  segments: { name: string; count: number }[];
  unknown: MembershipRow[];
  conflicts: MembershipConflict[];
  faults: MembershipFault[];
};
type Read = Omit<MembershipPreview, 'segments' | 'counts' | 'sample'> & {
  rows: string[][];
  counts: MembershipCounts;
  settled: SettledMembership<number>[];
  /** By response, the survey that it answers. */
  surveyOf: ReadonlyMap<number, number>;
};

const IDS_AT_ONCE = 500;
const LISTED = 50;
const importedAlready = () =>
  new Problem('conflict', 'This file has been imported already', {
    detail: 'Look for its segments under Segments; an import that fails can be tried again',
  });
const breathe = () => new Promise((resolve) => setImmediate(resolve));

/** Who is in which segment, from a file: looked at first, then a version of a segmentation. */
export function membershipImportService(
  { store, logs, folder, limits, now, hold }: Context,
  runs: Runs,
  defined: Pick<DefinedSegmentations, 'keep' | 'accept'>,
) {
  const at = () => now().toISOString();
  const fileOf = ({ publicId }: { publicId: string }) => path.join(folder, 'files', 'segment-imports', publicId);

  /** @throws Problem `invalid` for what is no table, `too-large` for more rows than may come in */
  async function tableOf(bytes: Uint8Array) {
    const table = await readAnyTable(bytes, MEMBERSHIP_COLUMNS_MOST).catch((error: unknown) => {
      if (!(error instanceof RangeError)) throw error;
      throw new Problem('invalid', 'This file cannot be read', {
        errors: [{ pointer: '#/file', detail: error.message }],
        cause: error,
      });
    });
    if (table.rows.length > limits.importRows + 1)
      throw new Problem(
        'too-large',
        `This file has ${table.rows.length} rows, more than the ${limits.importRows} that may come in at once`,
        { detail: 'Cut it into several files, or raise VERBATIM_IMPORT_ROWS' },
      );
    return table;
  }

  function bytesOf(batch: SegmentImport): Uint8Array {
    try {
      return readFileSync(fileOf(batch));
    } catch (error) {
      throw new Problem('gone', 'The file of this import is no longer there', {
        detail: 'Choose the file again',
        cause: error,
      });
    }
  }

  /** Whom or which response each id means. */
  async function unitsOf(study: Study, who: WhoKind, ids: readonly string[]) {
    const units = new Map<string, number>();
    const surveyOf = new Map<number, number>();
    if (who === 'email') {
      const byAddress = new Map<string, number | null>();
      for (const { personId, address } of await store.segmentImports.addresses(study.workspaceId)) {
        const read = readAddress(address)?.toLowerCase();
        // Two people with one address: nobody can tell whom it means.
        if (read !== undefined) byAddress.set(read, byAddress.has(read) ? null : personId);
      }
      for (const id of ids) {
        const person = byAddress.get(readAddress(id)?.toLowerCase() ?? '');
        if (person !== undefined && person !== null) units.set(id, person);
      }
      return { units, surveyOf };
    }
    for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
      const part = ids.slice(from, from + IDS_AT_ONCE);
      if (who === 'external')
        for (const [id, person] of await store.segmentImports.byExternalIds(study.workspaceId, part))
          units.set(id, person);
      else
        for (const [publicId, { id, surveyId }] of await store.segmentImports.byResponseIds(study.id, part)) {
          units.set(publicId, id);
          surveyOf.set(id, surveyId);
        }
      await breathe();
    }
    return { units, surveyOf };
  }

  async function read(study: Study, batch: SegmentImport): Promise<Read> {
    const { plan } = batch;
    const { rows: all, isNamed } = await tableOf(bytesOf(batch));
    const hasHeader = isNamed || plan.hasHeader;
    const header = hasHeader ? (all[0] ?? []) : null;
    const rows = hasHeader ? all.slice(1) : all;
    const nothing = {
      rows: rows.length,
      placed: 0,
      unknown: 0,
      repeated: 0,
      conflicts: 0,
      withoutSegment: 0,
      unread: 0,
    };
    const wrong = planFault(plan);
    if (wrong !== null)
      return {
        header,
        rows,
        fault: wrong,
        counts: nothing,
        unknown: [],
        conflicts: [],
        faults: [],
        settled: [],
        surveyOf: new Map(),
      };
    const date = plan.columns.indexOf('date');
    const instants = date < 0 ? null : instantsIn(rows.map((cells) => (cells[date] ?? '').trim()));
    const told = readMembershipRows(plan, rows, instants, hasHeader ? 2 : 1);
    const { units, surveyOf } = await unitsOf(study, plan.who, [...new Set(told.rows.map(({ who }) => who))]);
    const { settled, unknown, repeated, conflicts } = settleMemberships(told.rows, (who) => units.get(who) ?? null);
    return {
      header,
      rows,
      fault: segmentsFault([...new Set(settled.map(({ segment }) => segment))]),
      counts: {
        rows: rows.length,
        placed: settled.length,
        unknown: unknown.length,
        repeated,
        conflicts: conflicts.length,
        withoutSegment: told.withoutSegment,
        unread: told.faults.length,
      },
      unknown,
      conflicts,
      faults: told.faults,
      settled,
      surveyOf,
    };
  }

  /** The segments of a file with their members, the largest first. */
  function cellsOf({ settled }: Read, who: WhoKind) {
    const bySegment = [...Map.groupBy(settled, ({ segment }) => segment)].toSorted(
      ([a, own], [b, other]) => other.length - own.length || (a < b ? -1 : 1),
    );
    return bySegment.map(([name, own]) => ({
      key: name,
      name,
      members: own.map(({ unit }) => unit),
      responses: who === 'response' ? own.map(({ unit, probability }) => ({ responseId: unit, probability })) : [],
      people:
        who === 'response'
          ? []
          : own.map(({ unit, probability, at: saidAt }) => ({ personId: unit, probability, saidAt })),
    }));
  }

  async function perform(run: Run, study: Study, segmentation: Segmentation, batch: SegmentImport, actor: Actor) {
    await logs.settle();
    const told = await read(study, batch);
    if (told.fault !== null) throw new Problem('conflict', told.fault);
    const cells = cellsOf(told, batch.plan.who);
    const isOfPeople = batch.plan.who !== 'response';
    const surveys = Map.groupBy(told.surveyOf.values(), (survey) => survey);
    const surveyId = isOfPeople
      ? await surveyOfMost(store, study.id, new Set(told.settled.map(({ unit }) => unit)))
      : ([...surveys].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? null);
    const kept = keptOf('imported', {
      unit: isOfPeople ? 'people' : 'responses',
      cells,
      notPlaced: [
        { why: 'Not known here', count: told.counts.unknown },
        { why: 'Said to be in several segments at once', count: told.counts.conflicts },
        { why: 'Without a segment in the file', count: told.counts.withoutSegment },
        { why: 'In rows that cannot be read', count: told.counts.unread },
      ],
      details: null,
    });
    const isKept = await defined.keep(run, segmentation, {
      kept,
      cells,
      surveyId,
      inputHash: createHash('sha256')
        .update(JSON.stringify(cells.map(({ name, members }) => [name, members])))
        .digest('base64url'),
      watermark: 0,
      version: null,
    });
    if (!isKept) return;
    const done = await store.analyses.findRunById(run.id);
    await defined.accept(study, segmentation, done!, { note: `From the file ${batch.fileName}` }, actor);
    await store.segmentImports.complete(batch.id, told.counts, at());
  }

  runs.computesSegments('imported', async (run, { study, segmentation, actor }) => {
    const batch = await store.segmentImports.find(study.id, (JSON.parse(run.settings) as { import: string }).import);
    if (!batch) throw new Refusal('This file is no longer there');
    await perform(run, study, segmentation, batch, actor);
  });

  /** Into the segmentation that the file is for, or a new one. */
  async function start(study: Study, batch: SegmentImport, actor: Actor) {
    await logs.settle();
    const { fault } = await read(study, batch);
    if (fault !== null)
      throw new Problem('invalid', 'This file cannot be imported', {
        errors: [{ pointer: '#/come', detail: fault }],
      });
    const segmentation =
      batch.segmentationId === null
        ? await store.segmentations.add(
            {
              studyId: study.id,
              surveyId: null,
              name: batch.plan.name,
              origin: 'imported',
              settings: JSON.stringify({ kind: 'imported' }),
              createdBy: actor?.userId ?? null,
            },
            at(),
          )
        : await store.segmentations.findById(batch.segmentationId);
    if (!segmentation || segmentation.removedAt !== null)
      throw new Problem('conflict', 'The segmentation is no longer there', {
        detail: 'Import the file as a new one',
      });
    const run = await runs.start(
      {
        studyId: study.id,
        kind: 'segments',
        surveyId: segmentation.surveyId,
        segmentationId: segmentation.id,
        subject: 'define',
        seed: 1,
        settings: runSettings({ kind: 'imported' }, batch.publicId),
        inputCut: {},
      },
      actor,
    );
    return { run, segmentation };
  }

  return {
    /**
     * Keeps a file and guesses what its columns mean; nothing of it holds yet.
     *
     * @param segmentation the one that gets its next version; null for a new one
     */
    stage: async (
      study: Study,
      segmentation: Segmentation | null,
      file: { name: string; bytes: Uint8Array },
      hasHeader: boolean,
      actor: Actor,
    ): Promise<SegmentImport> => {
      const { rows, isNamed } = await tableOf(file.bytes);
      const [first = []] = rows;
      const isHeaded = isNamed || hasHeader;
      const body = isHeaded ? rows.slice(1) : rows;
      if (body.length === 0)
        throw new Problem('invalid', 'There are no rows in this file', {
          errors: [{ pointer: '#/file', detail: 'Choose a file with a line for each person' }],
        });
      const { columns, who } = guessMembershipColumns(isHeaded ? first : null, body);
      const fileName = file.name.replace(/\p{Cc}/gu, '').slice(0, 200);
      const batch = await store.segmentImports.add(
        {
          studyId: study.id,
          segmentationId: segmentation?.id ?? null,
          fileName,
          plan: {
            name: segmentation?.name ?? (fileName.replace(/\.[a-z]{1,5}$/i, '').trim() || 'Imported segments'),
            who,
            hasHeader: isHeaded,
            columns,
          },
          rowCount: body.length,
          createdBy: actor?.userId ?? null,
        },
        at(),
      );
      mkdirSync(path.dirname(fileOf(batch)), { recursive: true, mode: 0o700 });
      writeFileSync(fileOf(batch), file.bytes, { mode: 0o600 });
      return batch;
    },

    /** What would come of a file. */
    preview: async (study: Study, batch: SegmentImport): Promise<MembershipPreview> => {
      await logs.settle();
      const told = await read(study, batch);
      const { header, rows, fault, counts, unknown, conflicts, faults } = told;
      return {
        header,
        sample: rows.slice(0, 5),
        fault,
        counts,
        segments: cellsOf(told, batch.plan.who).map(({ name, members }) => ({ name, count: members.length })),
        unknown: unknown.slice(0, LISTED),
        conflicts: conflicts.slice(0, LISTED),
        faults: faults.slice(0, LISTED),
      };
    },

    /** Everybody in the file who is not known, as a CSV with the line, the id and the segment. */
    unknownList: async (study: Study, batch: SegmentImport): Promise<string> =>
      writeCsv(
        ['line', 'id', 'segment'],
        (await read(study, batch)).unknown.map(({ line, who, segment }) => [line, who, segment]),
      ),

    /**
     * Changes how a file is read.
     *
     * @throws Problem `invalid` for what does not read well, `conflict` once it has been imported
     */
    replan: async (batch: SegmentImport, raw: unknown): Promise<SegmentImport> => {
      const plan = MembershipPlan.safeParse(raw);
      if (!plan.success)
        throw new Problem('invalid', 'The columns do not read well', {
          errors: plan.error.issues.map(({ path: where, message }) => ({
            pointer: `#/${String(where[0] ?? 'name')}`,
            detail: message,
          })),
        });
      if (!(await store.segmentImports.setPlan(batch.id, plan.data))) throw importedAlready();
      return { ...batch, plan: plan.data };
    },

    /**
     * Makes a file a version: the first of a new segmentation, or the next.
     *
     * @throws Problem `invalid` when it cannot be imported as it is read, `conflict` when that is under way or done
     */
    begin: async (study: Study, batch: SegmentImport, actor: Actor): Promise<Run> => {
      if (!(await store.segmentImports.claim(batch.id, at()))) throw importedAlready();
      return hold('segment-import', batch.id, async () => {
        let run: Run;
        let segmentation: Segmentation;
        try {
          ({ run, segmentation } = await start(study, batch, actor));
        } catch (error) {
          await store.segmentImports.release(batch.id);
          throw error;
        }
        await store.segmentImports.setRun(batch.id, segmentation.id, run.id);
        return run;
      });
    },

    /** Deletes the files of a segmentation, which say who people are. */
    forget: async (segmentation: Segmentation): Promise<void> => {
      for (const batch of await store.segmentImports.list(segmentation.studyId, segmentation.id, LISTED))
        rmSync(fileOf(batch), { force: true });
    },
  };
}
export type MembershipImports = ReturnType<typeof membershipImportService>;
