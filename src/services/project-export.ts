import { codeTree, type TreeRow } from '../coding/code-tree.ts';
import { guidFor, guidOf } from '../exchange/refi-qda/guid.ts';
import { describeText, draftLine, joinCodeText } from '../exchange/refi-qda/labelled.ts';
import { shownSpan } from '../exchange/refi-qda/layout.ts';
import { type LossLedger, type LossRow, lossLedger } from '../exchange/refi-qda/loss-ledger.ts';
import {
  codesIn,
  emptyProject,
  type Made,
  type Project,
  type ProjectCode,
  type ProjectNote,
  type ProjectSource,
} from '../exchange/refi-qda/project.ts';
import { packProject, packWithFiles, writeCodebookXml } from '../exchange/refi-qda/write-project.ts';
import { isSpoken, itemWording, surveyItems } from '../model/items.ts';
import { Problem } from '../model/problem.ts';
import { wordingIn } from '../model/survey-check.ts';
import { AUDIENCES, type Audience } from '../privacy/audience.ts';
import { maskText } from '../privacy/mask-text.ts';
import { maskedSpans } from '../privacy/overlay.ts';
import type { Interview } from '../store/notes.ts';
import type { ExchangedCode } from '../store/project-exchange.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';
import type { Evidence } from './evidence.ts';
import type { Interviewees } from './interviewees.ts';
import type { Masking } from './masking.ts';
import { addCases, addKept, byGuid, type Kept, keptOf, leaveInside } from './project-kept.ts';
import { ladderGraph } from './project-ladders.ts';
import { CONSENSUS, cut, type Places, placesIn, tidy, usersOf } from './project-places.ts';
import { projectRecordings } from './project-recordings.ts';
import { type ExchangedText, type NoText, type ProjectTexts, projectTexts, type TextView } from './project-texts.ts';

export const PROJECT_FORMATS = ['qdpx', 'qdc'] as const;
export type ProjectChoice = {
  format: (typeof PROJECT_FORMATS)[number];
  audience: Audience;
  /** What is personal stands in the words; for the study's own people alone. */
  unmasked: boolean;
  /** What people wrote in answers, a text for each response. */
  answers: boolean;
  /** Sound and film go along, and texts as their transcripts; for the study’s own people alone, without masks. */
  recordings: boolean;
  /** Why words of those who did not agree to be quoted, or words without masks, go out. */
  reason: string;
};
export const DEFAULT_CHOICE: ProjectChoice = {
  format: 'qdpx',
  audience: AUDIENCES[1],
  unmasked: false,
  answers: false,
  recordings: false,
  reason: '',
};
export type PreparedProject = { project: Project; rows: LossRow[]; notes: string[] };

export const EXPORT_ORIGIN = 'Verbatim';
const QUESTION_POINTS = 80;

/** A study as a project for other programs that code: what goes out, and what stays here. */
export function projectExportService(
  context: Context,
  deps: { masking: Masking; evidence: Evidence; interviewees: Interviewees },
) {
  const { store, logs } = context;
  const texts: ProjectTexts = projectTexts(context, deps);

  /** Everything that would go out, and what would not. @throws Problem `conflict` when a seal is broken */
  async function prepare(study: Study, choice: ProjectChoice, actor: Actor): Promise<PreparedProject> {
    const viewer = actor?.userId ?? null;
    await logs.settle();
    const ledger = lossLedger();
    const kept = keptOf(await store.projectExchange.kept(study.id));
    const codes = await store.projectExchange.codes(study.id);
    const project = emptyProject(study.name, EXPORT_ORIGIN);
    project.at = study.createdAt;
    project.codes = codesOf(codes, ledger);
    if (choice.format === 'qdc') {
      const standing = new Set(codesIn(project.codes).map(({ guid }) => guid));
      project.sets = kept.sets
        .map((set) => ({ ...set, codes: set.codes.filter((guid) => standing.has(guid)) }))
        .filter(({ codes: members }) => members.length > 0);
      return { project, rows: ledger.rows(), notes: CODEBOOK_NOTES };
    }

    if (choice.audience !== 'internal') leaveInside(kept, choice.audience, ledger);
    const users = await store.projectExchange.users(study.workspaceId);
    const names = new Map(users.map(({ publicId, name }) => [guidOf(publicId), name]));
    for (const { guid, name } of kept.users) names.set(guid, name);
    const idOf = new Map(users.map(({ id, publicId }) => [id, guidOf(publicId)]));
    const madeOf = (subjectId: string, userId: number | null, at: string): Made => ({
      by: (userId === null ? null : idOf.get(Number(userId))) ?? kept.makers.get(subjectId) ?? null,
      at,
    });

    const interviews = await store.notes.interviews(study.id);
    const out = new Map<string, { text: ExchangedText; source: ProjectSource }>();
    const people: { interview: Interview; guid: string; name: string }[] = [];
    const recordings = projectRecordings(context);
    const view = choice.unmasked && choice.audience === 'internal' ? 'open' : choice.audience;
    for (const interview of interviews) {
      const text = await texts.interview(interview, view);
      if (typeof text === 'string') {
        ledger.leftOut('Interviews', WHY_NOT[text]);
        continue;
      }
      const participant =
        choice.audience === 'internal'
          ? interview.participant
          : (deps.evidence.speakerFor({ studyId: study.id, speaker: interview.participant }) ?? 'Participant');
      const title = choice.audience === 'internal' ? interview.title : `Interview with ${participant}`;
      tellText(text, ledger);
      const tied = await recordings.tie(interview, text, choice.recordings && view === 'open', ledger);
      const drafts = draftLine(
        text.sources.filter(({ isDraft }) => isDraft === 1).length,
        text.sources.filter(({ kind }) => kind === 'turn').length,
      );
      people.push({ interview, guid: text.guid, name: participant });
      out.set(text.subjectId, {
        text,
        source: {
          ...sourceOf(text, title, describeText(interview, drafts, text.layout.table), {
            ...madeOf(interview.publicId, interview.createdBy, interview.createdAt),
          }),
          ...tied,
        },
      });
    }
    if (choice.answers) for (const one of await answerTexts(study, view, ledger)) out.set(one.text.subjectId, one);

    await addSegments(study, people, kept, ledger, choice.audience);
    addCases(people, out, project, kept);
    const places = placesIn(out);
    await addCodings(study, places, madeOf, ledger, viewer);
    const noteOf = await addMemos(study, codes, project, places, out, madeOf, view, ledger, viewer);
    const rungs = (await store.ladderRungs.list(study.id)).filter(({ subjectId }) => out.has(subjectId));
    const graph = ladderGraph(study, rungs, codesOut(codes, project), ledger);
    kept.graphs = [...kept.graphs.filter(({ guid }) => guid !== graph?.guid), ...(graph ? [graph] : [])];
    addKept(project, kept, ledger);
    project.sources = [...out.values()].map(({ source }) => source);
    for (const source of project.sources) tidy(source, noteOf);
    project.users = usersOf(project, names);
    ledger.kept('People who coded', project.users.length);
    return { project, rows: ledger.rows(EXPORT_ORDER), notes: notesOn(choice) };
  }

  async function answerTexts(study: Study, view: TextView, ledger: LossLedger) {
    const found: { text: ExchangedText; source: ProjectSource }[] = [];
    const asked = new Map<number, Map<string, string>>();
    for (const survey of await store.surveys.list(study.id)) {
      if (survey.publishedVersionId === null) continue;
      const { definition } = await store.surveys.version(survey.publishedVersionId);
      const language = definition.languages[0] ?? 'en';
      const word = (wording: Record<string, string>) => wordingIn(wording, language, definition.languages);
      const spoken = surveyItems(definition).filter(isSpoken);
      asked.set(
        survey.id,
        new Map(spoken.map((item) => [item.address, cut(itemWording(item, word), QUESTION_POINTS).replace(/:$/, '')])),
      );
    }
    const answers = await store.projectExchange.answers(study.id);
    for (const [subjectId, own] of Map.groupBy(answers, (answer) => answer.subjectId)) {
      const [first] = own;
      const questions = asked.get(Number(first?.surveyId ?? 0)) ?? new Map<string, string>();
      const open = own.filter(({ item }) => questions.has(item));
      ledger.leftOut('Answers in words', 'they may name whoever answered', own.length - open.length);
      if (open.length === 0 || !first) continue;
      const text = await texts.response(subjectId, open, view, (item) => questions.get(item) ?? item);
      if (typeof text === 'string') {
        ledger.leftOut('Answers in words', WHY_NOT[text], open.length);
        continue;
      }
      ledger.kept('Responses with words');
      tellText(text, ledger);
      const name = `Response ${subjectId.slice(0, 8)}`;
      found.push({ text, source: sourceOf(text, name, text.layout.table, { by: null, at: first.startedAt }) });
    }
    return found;
  }

  async function addSegments(
    study: Study,
    people: readonly { interview: Interview; guid: string }[],
    kept: Kept,
    ledger: LossLedger,
    audience: Audience,
  ): Promise<void> {
    const segments = await deps.interviewees.segmentsOf(
      study,
      people.map(({ interview }) => interview),
    );
    for (const { interview, guid } of people) {
      for (const { segmentation, segment } of segments.get(interview.id) ?? []) {
        if (audience === 'public') {
          ledger.leftOut('Segments of those interviewed', 'they stay inside');
          continue;
        }
        ledger.kept('Segments of those interviewed');
        const variable = guidFor('variable', segmentation.publicId);
        if (!kept.variables.some((one) => one.guid === variable))
          kept.variables.push({ guid: variable, name: segmentation.name, type: 'Text', description: 'Segment' });
        if (!kept.values.some((one) => one.variable === variable && one.subjectId === interview.publicId))
          kept.values.push({ variable, subjectId: interview.publicId, value: segment?.name ?? 'none of them' });
        if (!segment) continue;
        const set = guidFor('set', segment.lineage ?? segment.publicId);
        const known = kept.sets.find((one) => one.guid === set);
        if (known) {
          if (!known.sources.includes(guid)) known.sources.push(guid);
        } else
          kept.sets.push({
            guid: set,
            name: `${segmentation.name}: ${segment.name}`,
            description: '',
            codes: [],
            sources: [guid],
            notes: [],
          });
      }
    }
  }

  async function addCodings(
    study: Study,
    places: Places,
    madeOf: (subjectId: string, userId: number | null, at: string) => Made,
    ledger: LossLedger,
    viewer: number | null,
  ): Promise<void> {
    const all = await store.projectExchange.codings(study.id, viewer);
    const standing = all.filter(({ counts }) => Number(counts) === 1);
    const decided = await store.codingRounds.decidedPlaces(study.id);
    const waiting = all.filter(({ counts }) => Number(counts) !== 1);
    const replaced = waiting.filter(({ sourceId, codeId }) => decided.has(`${sourceId} ${Number(codeId)}`)).length;
    ledger.leftOut('Codings', 'a coder’s own that a consensus took the place of', replaced);
    ledger.leftOut('Codings', 'a second coder’s that is not settled', waiting.length - replaced);
    const parts = Map.groupBy(standing, ({ passage, codeId, coder, publicId }) =>
      passage === null ? publicId : JSON.stringify([passage, codeId, coder]),
    );
    let marks = 0;
    for (const own of parts.values()) {
      const [first] = own;
      if (!first) continue;
      const found = own.flatMap((coding) => {
        const place = places.of(coding.sourceId, coding.sourceVersion);
        const span = place && shownSpan(place.place, { start: coding.spanStart, end: coding.spanEnd });
        return place && span ? [{ guid: place.guid, ...span }] : [];
      });
      if (found.length === 0) {
        ledger.leftOut('Codings', 'its words are not in the file', own.length);
        continue;
      }
      marks += own.filter(
        ({ direction, isExample, isImportant }) => direction !== null || Number(isExample) + Number(isImportant) > 0,
      ).length;
      const start = Math.min(...found.map((one) => one.start));
      const end = Math.max(...found.map((one) => one.end));
      const by =
        first.layer === 'consensus'
          ? { by: CONSENSUS, at: first.createdAt }
          : madeOf(first.publicId, first.coderId, first.createdAt);
      places.selection(found[0]?.guid ?? '', start, end, by).codings.push({
        guid: first.guid ?? guidOf(first.publicId),
        code: first.codeGuid ?? guidOf(first.codePublicId),
        notes: [],
        ...by,
      });
      ledger.kept('Codings', own.length);
    }
    ledger.leftOut('Marks on codings', 'for or against, example, important: the standard has no place for them', marks);
  }

  async function addMemos(
    study: Study,
    codes: readonly ExchangedCode[],
    project: Project,
    places: Places,
    out: ReadonlyMap<string, { source: ProjectSource }>,
    madeOf: (subjectId: string, userId: number | null, at: string) => Made,
    view: TextView,
    ledger: LossLedger,
    viewer: number | null,
  ): Promise<Map<string, string[]>> {
    const onCodings = new Map<string, string[]>();
    const codings = new Map(
      (await store.projectExchange.codings(study.id, viewer)).map((one) => [
        one.publicId,
        one.guid ?? guidOf(one.publicId),
      ]),
    );
    const standing = new Set([...places.selections()].flatMap(({ codings: own }) => own.map(({ guid }) => guid)));
    const codeGuids = new Map(codes.map((code) => [code.publicId, code.guid ?? guidOf(code.publicId)]));
    const inTree = new Map(codesIn(project.codes).map((code) => [code.guid, code]));
    const notes = new Map<string, ProjectNote>();
    for (const memo of await store.projectExchange.memos(study.id, viewer)) {
      const guid = memo.guid ?? guidOf(memo.publicId);
      const made = madeOf(memo.publicId, memo.createdBy, memo.createdAt);
      const attach = (): boolean => {
        if (memo.subjectKind === 'study') return push(project.ownNotes, guid);
        if (memo.subjectKind === 'code') {
          const code = inTree.get(codeGuids.get(memo.subjectId) ?? '');
          return code !== undefined && push(code.notes, guid);
        }
        if (memo.subjectKind === 'coding') {
          const coding = codings.get(memo.subjectId) ?? '';
          if (!standing.has(coding)) return false;
          return push(onCodings.get(coding) ?? onCodings.set(coding, []).get(coding) ?? [], guid);
        }
        if (memo.subjectKind === 'interview' || memo.subjectKind === 'response') {
          const source = out.get(memo.subjectId)?.source;
          return source !== undefined && push(source.notes, guid);
        }
        if (memo.subjectKind !== 'source') return false;
        const place = places.of(memo.subjectId, memo.sourceVersion);
        const whole = { start: 0, end: Number.POSITIVE_INFINITY };
        const own =
          memo.spanStart === null || memo.spanEnd === null ? whole : { start: memo.spanStart, end: memo.spanEnd };
        const span = place && (own === whole ? place.place : shownSpan(place.place, own));
        if (!place || !span) return false;
        return push(places.selection(place.guid, span.start, span.end, made).notes, guid);
      };
      if (!attach()) {
        ledger.leftOut('Memos', 'what it is about does not go out');
        continue;
      }
      ledger.kept('Memos');
      const shown = (text: string): string => (view === 'open' ? text : maskText(text, maskedSpans(text)));
      if (!notes.has(guid))
        notes.set(guid, { guid, name: shown(memo.title), text: shown(memo.text), places: [], ...made });
    }
    project.notes = [...notes.values()].sort(byGuid);
    return onCodings;
  }

  return {
    prepare,
    /**
     * The file itself; piece by piece where recordings go along.
     *
     * @throws Problem `invalid` for words that need a reason without one, `conflict` for a codebook without codes
     */
    file: async (
      study: Study,
      choice: ProjectChoice,
      actor: Actor,
    ): Promise<{ name: string; mediaType: string; bytes: Uint8Array | AsyncIterable<Uint8Array> }> => {
      const { project } = await prepare(study, choice, actor);
      const name = `${study.name.replace(/[^\p{L}\p{N} ._-]/gu, '_').slice(0, 80)}.${choice.format}`;
      if (choice.format === 'qdc') {
        if (project.codes.length === 0)
          throw new Problem('conflict', 'There are no codes yet, and an empty codebook cannot be written', {
            detail: 'Make a code first',
          });
        return { name, mediaType: 'application/xml', bytes: new TextEncoder().encode(writeCodebookXml(project)) };
      }
      if (choice.audience === 'internal')
        await deps.masking.exported(
          { studyId: study.id, surveyId: null },
          !choice.unmasked ? 'qdpx, masked' : choice.recordings ? 'qdpx, with recordings' : 'qdpx',
          choice.reason,
          actor,
        );
      await context.audit.note({
        action: 'export',
        ...(actor ? { actor } : {}),
        study,
        detail: {
          rows: project.sources.length,
          level: choice.unmasked && choice.audience === 'internal' ? 'internal-unmasked' : choice.audience,
          format: choice.recordings ? 'qdpx-with-recordings' : 'qdpx',
          ...(choice.audience === 'internal' ? { reason: choice.reason.trim() } : {}),
        },
      });
      const files = projectRecordings(context).filesOf(project);
      const bytes = files.length > 0 ? packWithFiles(project, files) : packProject(project);
      return { name, mediaType: 'application/zip', bytes };
    },
  };
}
export type ProjectExport = ReturnType<typeof projectExportService>;

const WHY_NOT: Readonly<Record<NoText, string>> = {
  withdrawn: 'their consent does not hold, or was taken back',
  'not agreed': 'they did not agree that this audience reads their words',
  'no words': 'there are no words in it',
};
const EXPORT_ORDER = ['Interviews', 'Responses with words', 'Turns', 'Answers in words', 'Codes', 'Codings', 'Memos'];
const CODEBOOK_NOTES = [
  'A codebook holds codes, their tree, colours and descriptions, and sets of codes. Passages, memos and people stay here',
];

const notesOn = ({ audience, unmasked, answers, recordings }: ProjectChoice): string[] => [
  audience === 'internal'
    ? unmasked
      ? 'Words go out as they were said, of those who did not agree to be quoted as well: this file is for the study’s own people'
      : 'Words of those who did not agree to be quoted go out as well: this file is for the study’s own people'
    : 'People stand under made-up names, and so do those who are named in what was said',
  `Surveys, scales, themes, insights, personas, agreement${recordings ? ' and notes of interviews' : ', notes of interviews and recordings'} stay here: the standard has no place for them, or no program reads them alike`,
  ...(answers ? [] : ['Answers of surveys stay here, and so do the codes on them']),
];

const push = (list: string[], guid: string): boolean => {
  if (!list.includes(guid)) list.push(guid);
  return true;
};

function tellText({ kind, sources, masked, notes }: ExchangedText, ledger: LossLedger): void {
  ledger.leftOut('Notes of interviews', 'what was noted beside the words stays here', notes);
  if (kind === 'interview') ledger.kept('Interviews');
  const row = kind === 'interview' ? 'Turns' : 'Answers in words';
  ledger.kept(row, sources.length - masked);
  ledger.changed(row, 'what of a person stands in it is masked', masked);
}

const sourceOf = ({ guid, layout }: ExchangedText, name: string, description: string, made: Made): ProjectSource => ({
  guid,
  name,
  description,
  text: layout.text,
  selections: [],
  codings: [],
  notes: [],
  values: [],
  syncPoints: [],
  recording: null,
  ...made,
});

/** The codes that go out, by their own ids. */
function codesOut(codes: readonly ExchangedCode[], project: Project): Map<number, { guid: string; name: string }> {
  const inTree = new Map(codesIn(project.codes).map((code) => [code.guid, code]));
  return new Map(
    codes.flatMap((code) => {
      const found = inTree.get(code.guid ?? guidOf(code.publicId));
      return found ? [[Number(code.id), { guid: found.guid, name: found.name }]] : [];
    }),
  );
}

function codesOf(codes: readonly ExchangedCode[], ledger: LossLedger): ProjectCode[] {
  const standing = codes.filter(({ retiredAt }) => retiredAt === null);
  ledger.leftOut('Codes', 'taken out of the codebook', codes.length - standing.length);
  const branch = (rows: readonly TreeRow<ExchangedCode>[]): ProjectCode[] =>
    rows.map(({ code, children }) => ({
      guid: code.guid ?? guidOf(code.publicId),
      name: code.name,
      isCodable: Number(code.isCodable) === 1,
      color: code.color,
      description: joinCodeText(code),
      notes: [],
      codes: branch(children),
    }));
  for (const { humanValue } of standing)
    if (humanValue === null) ledger.kept('Codes');
    else ledger.changed('Codes', 'that it stands for a human value stays here');
  return branch(codeTree(standing));
}
