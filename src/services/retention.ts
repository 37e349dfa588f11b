import { rm } from 'node:fs/promises';
import path from 'node:path';
import { cleanText } from '../model/clean-text.ts';
import { type UnkeptPromise, unkeptPromises } from '../model/kept-promise.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { newPublicId } from '../store/identifiers.ts';
import { noteRetained, readRetained } from '../store/retained-log.ts';
import {
  countBy,
  type RetainedKind,
  type RetainedPart,
  type RetentionCounts,
  type RetentionRun,
  type RetentionSettings,
} from '../store/retention.ts';
import type { DueSubject } from '../store/retention-due.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';
import type { Files } from './files.ts';

/** More than a century is no limit. */
export const RETENTION_DAYS_MAX = 36_500;
const DAY_MS = 86_400_000;
/** How far a look ahead goes. */
const SOON_DAYS = 30;
/** A look ahead counts no further than this. */
const LOOK_MAX = 1_000_000;
const RUNS_SHOWN = 100;
const PARTS = ['identifiers', 'words'] as const;

/** How much of one survey, or of interviews or feedback, would lose a part. */
export type RetentionLine = {
  kind: RetainedKind;
  /** The survey's public id; null for what is of none. */
  survey: string | null;
  name: string;
  /** With the next run. */
  now: Record<RetainedPart, number>;
  /** Within 30 days, that included. */
  soon: Record<RetainedPart, number>;
};
export type RetentionPreview = {
  /** Only what something goes of, now or soon. */
  lines: RetentionLine[];
  /** Whether links, letters, offers or entries into draws would go with the next run. */
  hasOldLinks: boolean;
};

/**
 * How long a study keeps what leads to somebody and what was said in words; the end of both, once a day at least; and the
 * legal hold that stops it.
 */
export function retentionService(
  { folder, store, logs, audit, now }: Context,
  {
    files,
    forgetMedia,
    tellOfEnd,
    sweep,
    emptyJournal,
  }: {
    files: Files;
    /** Deletes recordings of an interview. */
    forgetMedia: (interviewId: string) => Promise<number>;
    /** Tells those who follow what rested on words that went. */
    tellOfEnd: (study: Pick<Study, 'id'>, subjectId: string) => Promise<void>;
    /** Takes away the files of reports and imports that hold words which are gone. */
    sweep: () => Promise<void>;
    /** Empties what the database's journal still holds. */
    emptyJournal: () => Promise<boolean>;
  },
) {
  const at = () => now().toISOString();

  /** Null for an empty field: kept until somebody decides. */
  function readDays(raw: string, pointer: string, errors: ProblemError[]): number | null {
    const text = raw.trim();
    if (text === '') return null;
    const days = Number(text);
    if (/^\d{1,5}$/.test(text) && days >= 1 && days <= RETENTION_DAYS_MAX) return days;
    errors.push({
      pointer,
      detail: `Enter whole days from 1 to ${RETENTION_DAYS_MAX}, or leave it empty to keep it until somebody decides`,
    });
    return null;
  }

  function readLine(raw: string, pointer: string, detail: string): string {
    const { text, isTooLong } = cleanText(raw, 'name');
    if (text.trim() !== '' && !isTooLong) return text.trim();
    throw new Problem('invalid', 'Some words are needed here', { errors: [{ pointer, detail }] });
  }

  /** The moment before which what ended has lost a part, `daysAhead` from now; null for what is kept. */
  const momentsBefore = (settings: RetentionSettings, daysAhead = 0): Record<RetainedPart, string | null> => {
    const before = (days: number | null) =>
      days === null ? null : new Date(now().getTime() - (days - daysAhead) * DAY_MS).toISOString();
    return { identifiers: before(settings.identifiersDays), words: before(settings.wordsDays) };
  };

  /** Noted beside the database first, so that a copy from before knows of it. */
  async function put(
    study: Pick<Study, 'id' | 'publicId'>,
    values: Parameters<typeof store.retention.put>[1],
  ): Promise<void> {
    const { identifiersDays, wordsDays, hold } = await store.retention.settings(study.id);
    const next = { identifiersDays, wordsDays, heldSince: hold?.since ?? null, ...values };
    noteRetained(folder, {
      id: newPublicId(),
      at: values.changedAt,
      study: study.publicId,
      what: 'settings',
      identifiersDays: next.identifiersDays,
      wordsDays: next.wordsDays,
      heldSince: next.heldSince,
    });
    await store.retention.put(study.id, values);
  }

  async function count(studyId: number, before: Record<RetainedPart, string | null>) {
    const counts: Record<RetainedPart, Record<string, number>> = { identifiers: {}, words: {} };
    for (const part of PARTS) {
      const moment = before[part];
      if (moment !== null) counts[part] = countBy(await store.retention.due(studyId, part, moment, LOOK_MAX));
    }
    return counts;
  }

  /** What counts are told by: surveys, and what is of none. */
  async function places(
    study: Pick<Study, 'id'>,
  ): Promise<{ id: string; kind: RetainedKind; survey: string | null; name: string }[]> {
    return [
      ...(await store.surveys.list(study.id)).map(({ publicId, slug, draft }) => ({
        id: publicId,
        kind: 'response' as const,
        survey: publicId,
        name: draft.title[draft.languages[0] ?? 'en'] ?? slug,
      })),
      { id: 'interview', kind: 'interview' as const, survey: null, name: 'Interviews' },
      { id: 'feedback', kind: 'feedback' as const, survey: null, name: 'Feedback' },
    ];
  }

  /** Takes files away that lie outside the database, before their rows know nothing of them. */
  const forgetFiles = (study: Pick<Study, 'id'>, part: RetainedPart) => async (due: readonly DueSubject[]) => {
    for (const { kind, publicId } of due) {
      if (kind === 'response') await files.eraseOf(publicId);
      if (kind === 'interview' && part === 'words') await forgetMedia(publicId);
      if (kind !== 'feedback' && part === 'words') await tellOfEnd(study, publicId);
    }
  };

  /** Lets go of what is due in one study. @returns null where nothing was, or a hold stands */
  async function runStudy(study: Pick<Study, 'id' | 'publicId'>, least: Moments): Promise<string | null> {
    const settings = await store.retention.settings(study.id);
    if (settings.hold !== null) return null;
    const before = momentsBefore(settings);
    for (const part of PARTS) before[part] = later(before[part], least[part]);
    const dueParts: RetainedPart[] = [];
    for (const part of PARTS)
      if (before[part] !== null && (await store.retention.due(study.id, part, before[part], 1)).length > 0)
        dueParts.push(part);
    const hasLinks = before.identifiers !== null && (await store.retention.hasOldLinks(study.id, before.identifiers));
    if (dueParts.length === 0 && !hasLinks && !(await store.retention.isUnderway(study.id))) return null;
    noteRetained(folder, {
      id: newPublicId(),
      at: at(),
      study: study.publicId,
      what: 'gone',
      identifiersBefore: before.identifiers,
      wordsBefore: before.words,
    });
    const run = await store.retention.begin(
      study.id,
      { identifiersBefore: before.identifiers, wordsBefore: before.words },
      at(),
    );
    for (const part of PARTS) {
      const moment = before[part];
      if (moment === null) continue;
      do {
        // A hold that is set meanwhile stops what has not gone yet; the run goes on where it was once it is lifted.
        if ((await store.retention.settings(study.id)).hold !== null) return null;
      } while ((await store.retention.letGoNext(run, study.id, part, moment, at(), forgetFiles(study, part))) > 0);
    }
    if (before.identifiers !== null) await store.retention.letGoOldLinks(run, study.id, before.identifiers);
    const oldest = [before.identifiers, before.words].reduce<string | null>(later, null);
    if (oldest !== null)
      for (const batch of await store.retention.oldBatches(study.id, oldest))
        await rm(path.join(folder, 'files', 'imports', batch), { force: true, recursive: true });
    await sweep();
    await store.retention.finish(run, at());
    await emptyJournal();
    await audit.note({ action: 'retention', actor: 'system', study, object: `run:${run}`, outcome: 'done' });
    return run;
  }

  /**
   * Takes over from the ledger what this database has not heard of, as one restored from an older copy has not.
   *
   * @returns up to when something had gone, by the study's public id
   */
  async function catchUpSettings(): Promise<Map<string, Moments>> {
    const gone = new Map<string, Moments>();
    const newest = new Map<string, Extract<ReturnType<typeof readRetained>[number], { what: 'settings' }>>();
    for (const line of readRetained(folder))
      if (line.what === 'settings') newest.set(line.study, line);
      else {
        const { identifiers, words } = gone.get(line.study) ?? NEVER;
        gone.set(line.study, {
          identifiers: later(identifiers, line.identifiersBefore),
          words: later(words, line.wordsBefore),
        });
      }
    for (const [publicId, line] of newest) {
      const study = await store.studies.findByPublicId(publicId);
      if (!study) continue;
      const { changedAt, hold } = await store.retention.settings(study.id);
      if (changedAt !== null && changedAt >= line.at) continue;
      await store.retention.put(study.id, {
        identifiersDays: line.identifiersDays,
        wordsDays: line.wordsDays,
        changedAt: line.at,
        heldSince: line.heldSince,
        holdReason: line.heldSince === null ? null : (hold?.reason ?? 'Taken over from the ledger beside the database'),
      });
    }
    return gone;
  }

  /** One after the other: a second round beside one that is under way has nothing to do. */
  let going: Promise<number> = Promise.resolve(0);
  const perform = (): Promise<number> => {
    going = going
      .catch(() => 0)
      .then(async () => {
        await logs.settle();
        await catchUpSettings();
        const limited = new Set(await store.retention.limited());
        let runs = 0;
        for (const study of await store.studies.all())
          if (limited.has(Number(study.id)) && (await runStudy(study, NEVER)) !== null) runs += 1;
        return runs;
      });
    return going;
  };

  /** Whether something went of a study that this database, put back from an older copy, still has. */
  async function isBehind(study: Pick<Study, 'id'>, gone: Moments): Promise<boolean> {
    const done = (await store.retention.runs(study.id, RUNS_SHOWN)).filter(({ doneAt }) => doneAt !== null);
    const reached = (moment: string | null, of: 'identifiersBefore' | 'wordsBefore') =>
      moment === null || done.some((run) => (run[of] ?? '') >= moment);
    return !(reached(gone.identifiers, 'identifiersBefore') && reached(gone.words, 'wordsBefore'));
  }

  return {
    /**
     * Lets go again of what had gone before an older copy was put back. Nobody may be answered before it is over, nor at all
     * where it fails.
     */
    catchUp: async (): Promise<void> => {
      const gone = await catchUpSettings();
      for (const [publicId, moments] of gone) {
        const study = await store.studies.findByPublicId(publicId);
        if (!study || !(await isBehind(study, moments))) continue;
        await logs.settle();
        await runStudy(study, moments);
      }
    },

    /** What is set; both null where nobody decided yet. */
    of: (study: Pick<Study, 'id'>): Promise<RetentionSettings> => store.retention.settings(study.id),

    /** What the study's notice promises of time, and what is set does not keep. */
    unkept: async (study: Pick<Study, 'id' | 'workspaceId'>): Promise<UnkeptPromise[]> =>
      unkeptPromises(await store.privacyNotices.layers(study), await store.retention.settings(study.id), now()),

    /** @throws Problem `invalid` for what is no number of days */
    change: async (
      study: Pick<Study, 'id' | 'publicId'>,
      form: { identifiersDays: string; wordsDays: string },
      actor: Actor,
    ): Promise<void> => {
      const errors: ProblemError[] = [];
      const identifiersDays = readDays(form.identifiersDays, '#/identifiersDays', errors);
      const wordsDays = readDays(form.wordsDays, '#/wordsDays', errors);
      if (errors.length > 0) throw new Problem('invalid', 'This is no time to keep something for', { errors });
      await put(study, {
        identifiersDays,
        wordsDays,
        changedAt: at(),
        changedBy: actor?.userId ?? null,
        request: null,
      });
    },

    /** Asks the owners to change something; the newest request stands. @throws Problem `invalid` for no words */
    ask: async (study: Pick<Study, 'id'>, rawWords: string, actor: { userId: number }): Promise<void> => {
      const request = readLine(rawWords, '#/request', 'Say in at most 200 characters what is to change, and why');
      const { changedAt } = await store.retention.settings(study.id);
      await store.retention.put(study.id, {
        request,
        requestedAt: at(),
        requestedBy: actor.userId,
        // How something is kept does not change by asking.
        changedAt: changedAt ?? '',
      });
    },

    /** @throws Problem `invalid` without a reason, `conflict` while one stands */
    hold: async (study: Pick<Study, 'id' | 'publicId'>, rawReason: string, actor: Actor): Promise<void> => {
      const holdReason = readLine(rawReason, '#/reason', 'Say in at most 200 characters why nothing may go');
      if ((await store.retention.settings(study.id)).hold !== null)
        throw new Problem('conflict', 'A legal hold stands already', { detail: 'Lift it before you set another' });
      await put(study, {
        holdReason,
        heldSince: at(),
        heldBy: actor?.userId ?? null,
        changedAt: at(),
        request: null,
      });
      // A run that is under way sees it before its next step; whoever is told that it stands is told when nothing more goes.
      await going.catch(() => 0);
    },

    /** @throws Problem `conflict` where none stands */
    lift: async (study: Pick<Study, 'id' | 'publicId'>): Promise<void> => {
      if ((await store.retention.settings(study.id)).hold === null)
        throw new Problem('conflict', 'No legal hold stands', { detail: 'There is nothing to lift' });
      await put(study, { holdReason: null, heldSince: null, heldBy: null, changedAt: at() });
    },

    /** What would go now and soon; a hold is not looked at. */
    preview: async (study: Pick<Study, 'id'>): Promise<RetentionPreview> => {
      await logs.settle();
      const settings = await store.retention.settings(study.id);
      const before = momentsBefore(settings);
      const due = await count(study.id, before);
      const later = await count(study.id, momentsBefore(settings, SOON_DAYS));
      const of = (counts: RetentionCounts, name: string) => ({
        identifiers: counts.identifiers?.[name] ?? 0,
        words: counts.words?.[name] ?? 0,
      });
      const lines = (await places(study)).map(
        ({ id, ...place }): RetentionLine => ({ ...place, now: of(due, id), soon: of(later, id) }),
      );
      return {
        lines: lines.filter(({ soon }) => soon.identifiers + soon.words > 0),
        hasOldLinks: before.identifiers !== null && (await store.retention.hasOldLinks(study.id, before.identifiers)),
      };
    },

    /** Runs of a study, the newest first. */
    runs: (study: Pick<Study, 'id'>): Promise<RetentionRun[]> => store.retention.runs(study.id, RUNS_SHOWN),
    /** Studies that are held, for whoever looks after the installation. */
    held: () => store.retention.held(),

    /**
     * Lets go of all that is due, in every study. Once more of the same finds nothing; broken off, it goes on where it was.
     *
     * @returns in how many studies something went
     */
    perform,
    /** The same for one study, at once. @returns whether something went */
    performIn: async (study: Pick<Study, 'id' | 'publicId'>): Promise<boolean> => {
      await logs.settle();
      return (await runStudy(study, NEVER)) !== null;
    },
  };
}
export type RetentionService = ReturnType<typeof retentionService>;

type Moments = Record<RetainedPart, string | null>;
const NEVER: Moments = { identifiers: null, words: null };
const later = (one: string | null, other: string | null): string | null =>
  one === null ? other : other === null || one > other ? one : other;
