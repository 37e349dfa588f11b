import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { guidOf } from '../exchange/refi-qda/guid.ts';
import type { LossRow } from '../exchange/refi-qda/loss-ledger.ts';
import {
  codingKey,
  type ImportPlan,
  type KnownStudy,
  type KnownText,
  planImport,
} from '../exchange/refi-qda/plan-import.ts';
import type { ProjectRecording } from '../exchange/refi-qda/project.ts';
import type { ReadProject } from '../exchange/refi-qda/reading.ts';
import { looksPacked } from '../exchange/safe-archive.ts';
import { Problem } from '../model/problem.ts';
import { newPublicId } from '../store/identifiers.ts';
import { type ProjectImport, stepKind } from '../store/project-exchange.ts';
import type { Study } from '../store/studies.ts';
import { Refusal } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import type { Evidence } from './evidence.ts';
import type { Masking } from './masking.ts';
import type { Media } from './media.ts';
import { incomingOf } from './project-incoming.ts';
import { ladderGraphGuid } from './project-ladders.ts';
import { type ExchangedText, projectTexts, type TextView } from './project-texts.ts';

/** A file that was looked at is forgotten after so long. */
export const DRAFT_HOURS = 24;
const VIEWS: readonly TextView[] = ['open', 'internal', 'client', 'public'];

export type ProjectPreview = Pick<ImportPlan, 'rows' | 'notes' | 'doubts' | 'isNew'> & {
  origin: string;
  name: string;
  interviews: number;
  /** How many of them have a recording in the file. */
  recordings: number;
};
/** What is kept of an import: what became of its parts, without anybody's words. */
export type ImportReport = {
  rows: LossRow[];
  name: string;
  interviews: number;
  mayQuote: boolean;
  /** Those that came in, and why each of the others did not; absent where none was asked for. */
  recordings?: { kept: number; left: string[] };
};

const hasRecording = ({ recording }: { recording: ProjectRecording | null }): boolean => Boolean(recording?.file);

/** Projects of other programs: looked at first, brought in as one step, and taken back as a whole. */
export function projectImportService(
  context: Context,
  deps: { masking: Masking; evidence: Evidence; media: Pick<Media, 'arrivals' | 'keep' | 'placeOf'> },
) {
  const { store, thread, folder, keys, limits, now } = context;
  const texts = projectTexts(context, deps);
  const room = path.join(folder, 'files', 'project-imports');
  const fileOf = ({ publicId }: Pick<ProjectImport, 'publicId'>) => path.join(room, publicId);

  /** @throws Problem `invalid` for what is no project, cannot be read, or was made to do harm */
  async function read(format: ProjectImport['format'], bytes: Uint8Array): Promise<ReadProject> {
    try {
      return await thread.ask('readProject', { format, bytes });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Problem('invalid', 'This file cannot be brought in', {
        errors: [{ pointer: '#/file', detail: error.message }],
        cause: error,
      });
    }
  }

  function bytesOf(draft: ProjectImport): Uint8Array {
    try {
      return new Uint8Array(readFileSync(fileOf(draft)));
    } catch (error) {
      throw new Problem('gone', 'The file of this import is no longer there', {
        detail: 'Choose the file again',
        cause: error,
      });
    }
  }

  async function forgetExpired(): Promise<void> {
    for (const draft of await store.projectExchange.expired(now().toISOString())) await forget(draft);
    await forgetLeft();
  }

  /** Takes away files that no import knows any more. */
  async function forgetLeft(): Promise<void> {
    const there = existsSync(room) ? readdirSync(room) : [];
    const known = await store.projectExchange.known(there);
    for (const publicId of there) if (!known.has(publicId)) rmSync(fileOf({ publicId }), { force: true });
  }

  async function forget(draft: ProjectImport): Promise<void> {
    rmSync(fileOf(draft), { force: true });
    await store.projectExchange.discard(draft.id);
  }

  /** What the study has already of what a file may bring. */
  async function knownTo(study: Study, { project }: ReadProject) {
    const wanted = new Set(project.sources.map(({ guid }) => guid));
    const found = new Map<string, ExchangedText>();
    const views = new Map<string, KnownText>();
    const keep = (text: ExchangedText | string) => {
      if (typeof text === 'string') return;
      const known = views.get(text.guid) ?? { guid: text.guid, layouts: [] };
      if (!found.has(text.guid)) found.set(text.guid, text);
      const points = [...text.layout.text];
      const words = text.layout.places.map(({ start, end }) => points.slice(start, end).join(''));
      known.layouts.push({ words, layout: text.layout });
      views.set(text.guid, known);
    };
    for (const interview of await store.notes.interviews(study.id)) {
      const guid = texts.guidOfInterview(interview);
      if (!wanted.has(guid)) continue;
      // One that is there and has no words any more takes up nothing.
      views.set(guid, { guid, layouts: [] });
      for (const view of VIEWS) keep(await texts.interview(interview, view));
    }
    const answers = await store.projectExchange.answers(study.id);
    for (const [subjectId, own] of Map.groupBy(answers, (answer) => answer.subjectId))
      if (wanted.has(guidOf(subjectId)))
        for (const view of VIEWS) keep(await texts.response(subjectId, own, view, () => ''));

    const codes = await store.projectExchange.codes(study.id);
    const codings = await store.projectExchange.codings(study.id, null);
    const users = await store.projectExchange.users(study.workspaceId);
    const kept = await store.projectExchange.kept(study.id);
    const memos = await store.projectExchange.memos(study.id, null);
    const makers = new Map(kept.flatMap(({ kind, guid, subjectId }) => (kind === 'maker' ? [[subjectId, guid]] : [])));
    const placeOf = new Map<string, { text: string; turn: number }>();
    for (const { guid, sources } of found.values())
      for (const [turn, { publicId, version }] of sources.entries())
        placeOf.set(`${publicId} ${version}`, { text: guid, turn });
    const known: KnownStudy = {
      codes: codes.map((code) => ({
        guid: code.guid ?? guidOf(code.publicId),
        name: code.name,
        isRetired: code.retiredAt !== null,
      })),
      texts: views,
      things: new Set([
        ...codings.map((one) => one.guid ?? guidOf(one.publicId)),
        ...memos.map((one) => one.guid ?? guidOf(one.publicId)),
        ...kept.filter(({ kind }) => kind !== 'maker').map(({ guid }) => guid),
        ladderGraphGuid(study),
      ]),
      codings: new Set(
        codings.flatMap((one) => {
          const place = placeOf.get(`${one.sourceId} ${one.sourceVersion}`);
          const by = one.coder === null ? (makers.get(one.publicId) ?? null) : guidOf(one.coder);
          const code = one.codeGuid ?? guidOf(one.codePublicId);
          return place ? [codingKey(code, { ...place, start: one.spanStart, end: one.spanEnd }, by)] : [];
        }),
      ),
      members: new Set(users.filter(({ isMember }) => isMember).map(({ publicId }) => guidOf(publicId))),
    };
    return { known, found, codes, codings, users };
  }

  async function planFor(study: Study, draft: ProjectImport) {
    const file = await read(draft.format, bytesOf(draft));
    const here = await knownTo(study, file);
    try {
      return { file, here, plan: planImport(file, here.known) };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new Problem('invalid', 'This file cannot be brought in', { detail: error.message, cause: error });
    }
  }

  /** Lays the recordings of a file beside the interviews that came of their transcripts. */
  async function keepRecordings(
    study: Study,
    draft: ProjectImport,
    plan: ImportPlan,
    actor: Actor,
  ): Promise<{ kept: number; left: string[] }> {
    const left: string[] = [];
    let kept = 0;
    for (const text of plan.texts.filter(hasRecording)) {
      const publicId = await store.projectExchange.interviewOf(draft, text.guid);
      const interview = publicId === null ? null : await store.notes.findInterview(study.id, publicId);
      if (!interview || !text.recording?.file) continue;
      const name = text.recording.name || text.recording.file;
      const leave = (why: string) => left.push(`${name}: ${why}`);
      try {
        const bytes = await thread.ask('readProjectFile', {
          bytes: bytesOf(draft),
          file: text.recording.file,
          most: limits.mediaBytes,
        });
        if (bytes === null) {
          leave('it is not in the file, or larger than what is kept here');
          continue;
        }
        const file = path.join(await deps.media.arrivals(), newPublicId());
        writeFileSync(file, bytes, { mode: 0o600 });
        const { publicId: mediaId } = await deps.media.keep(study, interview, { name, file }, actor);
        await store.projectExchange.keepRecording(draft, interview.publicId, mediaId);
        kept += 1;
      } catch (error) {
        if (error instanceof Problem) leave(error.errors?.[0]?.detail ?? error.message);
        else if (error instanceof Refusal) leave(error.message);
        else throw error;
      }
    }
    return { kept, left };
  }

  return {
    /**
     * Looks at a file and keeps it for a day; nothing of it is in the study yet.
     *
     * @throws Problem `invalid` for what is no project or codebook, or was made to do harm: nothing is kept then
     */
    stage: async (study: Study, file: { name: string; bytes: Uint8Array }, actor: Actor): Promise<ProjectImport> => {
      await forgetExpired();
      const format = looksPacked(file.bytes) ? 'qdpx' : 'qdc';
      const bytes = new Uint8Array(file.bytes);
      const { project } = await read(format, bytes);
      const at = now();
      const draft = await store.projectExchange.stage({
        studyId: study.id,
        fileName: file.name.slice(0, 200),
        format,
        origin: project.origin.slice(0, 200),
        createdBy: actor?.userId ?? null,
        createdAt: at.toISOString(),
        expiresAt: new Date(at.getTime() + DRAFT_HOURS * 3_600_000).toISOString(),
      });
      mkdirSync(path.dirname(fileOf(draft)), { recursive: true, mode: 0o700 });
      writeFileSync(fileOf(draft), file.bytes, { mode: 0o600 });
      // Somebody may have withdrawn in the meantime.
      if (!(await store.projectExchange.find(study.id, draft.publicId))) {
        await forgetLeft();
        throw new Problem('conflict', 'Somebody withdrew while this file was read', {
          detail: 'Files that were being looked at were let go. Choose the file again',
        });
      }
      return draft;
    },
    forgetExpired,
    forgetLeft,
    forget,

    /** What would come of a file that is looked at. */
    preview: async (study: Study, draft: ProjectImport): Promise<ProjectPreview> => {
      const { file, plan } = await planFor(study, draft);
      const { rows, notes, doubts, isNew } = plan;
      return {
        rows,
        notes,
        doubts,
        isNew,
        origin: file.project.origin,
        name: file.project.name,
        interviews: plan.texts.length,
        recordings: plan.texts.filter(hasRecording).length,
      };
    },

    /**
     * Brings a file in.
     *
     * @throws Problem `conflict` when it has come in already
     */
    bringIn: async (
      study: Study,
      draft: ProjectImport,
      { mayQuote, mayRecord = false }: { mayQuote: boolean; mayRecord?: boolean },
      actor: Actor,
    ): Promise<void> => {
      const { file, here, plan } = await planFor(study, draft);
      const at = now().toISOString();
      const incoming = incomingOf({ study, plan, at, mayQuote, mayRecord, key: keys.text, ...here });
      const report: ImportReport = {
        rows: plan.rows,
        name: file.project.name,
        interviews: plan.texts.length,
        mayQuote,
      };
      const isIn = await store.codingJournal.step(
        {
          studyId: study.id,
          actorId: actor?.userId ?? null,
          kind: stepKind(draft.id),
          label: `Import of “${draft.fileName}”`,
        },
        at,
        (write) => store.projectExchange.bringIn(write, draft, incoming, report),
      );
      if (!isIn) throw new Problem('conflict', 'This file has come in already, or was forgotten');
      await store.projectExchange.noteStep(draft);
      if (mayRecord)
        await store.projectExchange.report(draft, {
          ...report,
          recordings: await keepRecordings(study, draft, plan, actor),
        } satisfies ImportReport);
      rmSync(fileOf(draft), { force: true });
    },

    /**
     * Takes everything back that came in by a file.
     *
     * @throws Problem `conflict` where somebody has worked on its interviews since
     */
    takeBack: async (draft: ProjectImport): Promise<void> => {
      if (draft.state !== 'complete') throw new Problem('conflict', 'Nothing of this file is in the study');
      const recordings = await store.projectExchange.recordingsOf(draft);
      const inTheWay = await store.projectExchange.takeBack(draft, now().toISOString());
      if (inTheWay !== null)
        throw new Problem('conflict', 'This import cannot be taken back any more', {
          detail: `It would take with it what others did: ${inTheWay}`,
        });
      for (const publicId of recordings) rmSync(deps.media.placeOf({ publicId }), { force: true });
    },
  };
}
export type ProjectImports = ReturnType<typeof projectImportService>;
