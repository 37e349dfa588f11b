import { isSealed } from '../coding/seal.ts';
import { compileSurvey } from '../logic/compile-survey.ts';
import { currentAnswers, respondentOf } from '../logic/current-answers.ts';
import { type ShownQuestion, type Walk, walkSurvey } from '../logic/walk.ts';
import type { AnswerState, AnswerValue } from '../model/answers.ts';
import type { Item } from '../model/items.ts';
import { type CurrentResponse, foldRecords } from '../model/response.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import type { PersonalSpan } from '../privacy/mask-text.ts';
import type { KeptFile } from '../store/fieldwork.ts';
import type { MaskDecision } from '../store/masks.ts';
import type { SourceText } from '../store/notes.ts';
import type { QualityFlag } from '../store/quality-flags.ts';
import type { Label, LeftOut, ResponseNote } from '../store/response-desk.ts';
import type { ResponseRow } from '../store/responses.ts';
import type { Context } from './context.ts';
import { maskingService } from './masking.ts';

export type DetailAnswer = {
  item: Item;
  state: AnswerState;
  value: AnswerValue | null;
  /** Of a person's own words: whether they are still those that were kept, and still kept at all. */
  words: 'kept' | 'changed' | 'gone' | null;
  /** Of a person's own words: what of them is masked. */
  masks: readonly PersonalSpan[];
};
/** An answer in a person's own words, with what is masked in it and what was decided of that. */
export type SaidAnswer = {
  item: string;
  source: SourceText;
  masks: readonly PersonalSpan[];
  decisions: readonly MaskDecision[];
};
export type DetailStep = { page: number; at: string; seconds: number | null; title: Record<string, string> | null };

export type ResponseDetail = {
  current: CurrentResponse;
  definition: SurveyDefinition;
  version: number;
  pages: { index: number; answers: DetailAnswer[] }[];
  said: SaidAnswer[];
  /** When each screen was sent, and how long after the one before it. */
  steps: DetailStep[];
  /** What stood on each screen in which order, where chance or answers decided it. */
  orders: { screen: number; questions: readonly ShownQuestion[] }[];
  /** The way through with these answers; null where there is none to tell, as of what was withdrawn or imported. */
  walk: Walk | null;
  scores: { scale: string; value: number | null }[];
  flags: QualityFlag[];
  labels: Label[];
  notes: ResponseNote[];
  leftOut: LeftOut | null;
  files: KeptFile[];
  segments: string[];
  /** What typing tools made of it, by tool. */
  typed: { tool: string; segment: string | null; probability: number | null; reason: 'unsure' | 'missing' | null }[];
};

/** One response with everything known of it. */
export function responseDetailService({ store, logs, keys, now }: Context) {
  const masking = maskingService({ store, now });

  async function typedAs(responseId: number): Promise<ResponseDetail['typed']> {
    const found: ResponseDetail['typed'] = [];
    for (const { toolId, segment, probability, reason } of await store.placements.ofResponse(responseId)) {
      const kept = toolId === null ? null : await store.typingTools.findById(toolId);
      if (!kept) continue;
      const name = kept.tool.segments.find(({ id }) => id === segment)?.name ?? null;
      found.push({ tool: kept.name, segment: name, probability, reason });
    }
    return found;
  }

  async function wordsOf(response: ResponseRow) {
    const sources = await store.notes.sourcesOf(response.studyId, response.publicId);
    const masks = await masking.spansOf(response.studyId, sources);
    const decisions = await masking.decisionsOf(response.studyId, sources);
    return new Map(
      sources.map((source) => {
        const { publicId, version, text, textHash, erasedAt } = source;
        const place = `${publicId} ${version}`;
        const words: DetailAnswer['words'] =
          erasedAt !== null ? 'gone' : isSealed(keys.text, text, textHash) ? 'kept' : 'changed';
        return [place, { source, words, masks: masks.get(place) ?? [], decisions: decisions.get(place) ?? [] }];
      }),
    );
  }

  return {
    /** Null for a response without any record, which cannot be. */
    read: async (response: ResponseRow): Promise<ResponseDetail | null> => {
      const current = foldRecords(await logs.responses.read(response.publicId));
      if (!current) return null;
      const { definition, version } = await store.surveys.version(response.surveyVersionId);
      const { isStraight, itemsByAddress, screens } = compileSurvey(definition);
      const isGone = current.state === 'withdrawn';
      const stored = new Map(
        (await store.responses.answersIn(response.id)).map((answer) => [answer.item, answer.value]),
      );
      const words = await wordsOf(response);
      const said: SaidAnswer[] = [];
      const answers = currentAnswers(definition, current).flatMap(({ item, state, value }): DetailAnswer[] => {
        const asked = itemsByAddress.get(item);
        if (!asked) return [];
        const kept = stored.get(item);
        // Words are shown as the source has them, so that what was erased or altered there shows here as well.
        if (kept && typeof kept === 'object' && !Array.isArray(kept)) {
          const own = words.get(`${kept.source} ${kept.version}`);
          if (!own) return [{ item: asked, state, value: '', words: 'gone', masks: [] }];
          if (own.words !== 'gone') said.push({ item, ...own });
          return [{ item: asked, state, value: own.source.text, words: own.words, masks: own.masks }];
        }
        return [{ item: asked, state, value, words: null, masks: [] }];
      });
      const steps = current.steps.map(({ page, at }, index): DetailStep => {
        const before = current.steps[index - 1];
        return {
          page,
          at,
          seconds: before ? Math.max(0, (Date.parse(at) - Date.parse(before.at)) / 1000) : null,
          title: screens[page - 1]?.page.title ?? null,
        };
      });
      const walk = isGone || current.batchId !== null ? null : walkSurvey(definition, respondentOf(current));
      const id = response.publicId;
      return {
        current,
        definition,
        version,
        pages: definition.pages.map((_, index) => ({
          index,
          answers: answers.filter(({ item }) => item.page === index + 1),
        })),
        said,
        steps,
        orders: isStraight
          ? []
          : (walk?.screens ?? []).flatMap(({ screen, questions }) =>
              screen.number > current.lastPage ? [] : [{ screen: screen.number, questions }],
            ),
        walk,
        scores: isGone ? [] : await store.responseDesk.scoresOf(response.id),
        flags: isGone ? [] : ((await store.qualityFlags.flagsOf([id])).get(id) ?? []),
        labels: (await store.responseDesk.labelsOf([id])).get(id) ?? [],
        notes: await store.responseDesk.notes(response.studyId, id),
        leftOut: (await store.responseDesk.leftOut([id])).get(id) ?? null,
        files: isGone ? [] : await store.fieldwork.filesOf(id),
        segments: isGone
          ? []
          : (await store.responseDesk.segmentsOf(response.id)).map(
              ({ name, label, isPartial }) =>
                `${name} (${label}${isPartial === 1 ? '; placed on part of the answers' : ''})`,
            ),
        typed: isGone ? [] : await typedAs(response.id),
      };
    },
  };
}
export type ResponseDetails = ReturnType<typeof responseDetailService>;
