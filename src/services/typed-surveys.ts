import { withPersonalConsent } from '../model/personal-consent-text.ts';
import { Problem } from '../model/problem.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import { insertTypingBlock, type TypingBlock, unaskedItems } from '../model/typing-block.ts';
import { answersForTool } from '../segments/typing/survey-answers.ts';
import { typePerson } from '../segments/typing/type-person.ts';
import type { NewPlacement } from '../store/placements.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { ResponseToType, TypedSurvey } from '../store/typed-surveys.ts';
import type { KeptTypingTool } from '../store/typing-tools.ts';
import type { Actor, Context } from './context.ts';
import { insistKnown } from './insist-known.ts';
import type { SurveyDrafts } from './survey-drafts.ts';
import type { Surveys } from './surveys.ts';

/** How often it is looked whether somebody has answered. */
const EVERY_MS = 1_000;
/** So many responses are typed in one transaction. */
const BATCH = 200;

/**
 * Surveys that type whoever answers them: a tool's questions as a block of a survey, and people placed as their answers come
 * to an end. A mark for each survey says how far that has come, and is moved in the transaction that places them.
 */
export function typedSurveyService(
  { store, logs, now }: Context,
  { surveys, surveyDrafts }: { surveys: Surveys; surveyDrafts: SurveyDrafts },
  report: (error: unknown) => void,
) {
  const at = () => now().toISOString();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  /** One new survey at a time, so that the second of two presses finds what the first has made. */
  let adding: Promise<unknown> = Promise.resolve();

  /** The survey that a tool was learned from, as it was then. */
  async function sourceOf(kept: KeptTypingTool): Promise<SurveyDefinition> {
    const run = kept.runId === null ? null : await store.analyses.findRunById(kept.runId);
    const { surveyVersionId } = JSON.parse(run?.inputCut ?? '{}') as { surveyVersionId?: number };
    if (kept.publishedAt === null || surveyVersionId === undefined)
      throw new Problem('conflict', 'Only a published tool types people', { detail: 'Publish the tool first' });
    return (await store.surveys.version(surveyVersionId)).definition;
  }

  /** What the block would be in a survey's draft. */
  const blockIn = async (kept: KeptTypingTool, draft: SurveyDefinition): Promise<TypingBlock> =>
    insertTypingBlock(draft, kept.tool, await sourceOf(kept));

  async function start(kept: KeptTypingTool, surveyId: number, { items }: Pick<TypingBlock, 'items'>, actor: Actor) {
    await store.typedSurveys.start({ surveyId, toolId: kept.id, items, by: actor?.userId ?? null }, at());
  }

  async function type(typed: TypedSurvey, responses: readonly ResponseToType[]): Promise<NewPlacement[]> {
    const kept = await store.typingTools.findById(typed.toolId);
    const place = await store.typedSurveys.placeOf(typed.surveyId);
    if (!kept || responses.length === 0) return [];
    const answers = Map.groupBy(
      await store.responses.answersOfResponses(responses.map(({ id }) => id)),
      ({ responseId }) => Number(responseId),
    );
    return responses.flatMap((response): NewPlacement[] => {
      const given = new Map((answers.get(response.id) ?? []).map(({ item, value }) => [item, value] as const));
      const own = answersForTool(kept.tool, typed.items, given);
      const typedAs = typePerson(kept.tool, own);
      // Whoever met none of the questions was not asked.
      if (typedAs.missing.length === kept.tool.items.length) return [];
      const { segment, probabilities, reason = null } = typedAs;
      return [
        {
          workspaceId: place.workspaceId,
          personId: response.personId,
          segmentationId: kept.segmentationId,
          version: kept.version,
          segment,
          probability: segment === null ? Math.max(...Object.values(probabilities)) : (probabilities[segment] ?? null),
          probabilities,
          reason,
          way: 'tool',
          toolId: kept.id,
          responseId: response.id,
          inputs: { survey: place.publicId, answers: own },
          placedAt: response.at,
        },
      ];
    });
  }

  async function look(): Promise<void> {
    const active = await store.typedSurveys.active();
    if (active.length === 0) return;
    const upTo = await store.responses.projectedUpTo();
    for (const typed of active)
      try {
        for (let { seq } = typed; seq < upTo; ) {
          const { responses, to } = await store.typedSurveys.waiting({ ...typed, seq }, upTo, BATCH);
          const placed = await type(typed, responses);
          if (!(await store.typedSurveys.note({ id: typed.id, seq }, to, placed, at()))) break;
          seq = to;
        }
      } catch (error) {
        // One survey that cannot be typed holds up no other, and is tried again.
        report(error);
      }
  }

  /** One look at a time: two at once would type the same twice, and the later one be refused. */
  const next = (): Promise<void> => {
    const turn = running.then(look);
    running = turn.catch(() => {});
    return turn;
  };

  async function madeSince(study: Study, kept: KeptTypingTool, actor: Actor, after: number | null) {
    if (after === null) return null;
    const uses = await store.typedSurveys.ofTool(kept.id);
    const made = uses.find(
      ({ surveyId, startedBy, endedAt }) => surveyId > after && endedAt === null && Number(startedBy) === actor?.userId,
    );
    return made ? ((await store.surveys.list(study.id)).find(({ id }) => id === made.surveyId) ?? null) : null;
  }

  async function addNew(study: Study, kept: KeptTypingTool, title: string, actor: Actor): Promise<SurveyRow> {
    const source = await sourceOf(kept);
    const { languages, consent, end } = source;
    const shell: SurveyDefinition = {
      format: 1,
      code: 'typing',
      title: Object.fromEntries(languages.map((language) => [language, title])),
      languages,
      consent,
      pages: [],
      ...(end && { end }),
    };
    const { definition, items } = insertTypingBlock(shell, kept.tool, source);
    const survey = await surveys.importJson(study.id, JSON.stringify(withPersonalConsent(definition, false)));
    await start(kept, survey.id, { items }, actor);
    return survey;
  }

  return {
    blockIn,
    /** Whether people can be asked what a tool needs: it is published, and the survey it was learned from asks it. */
    isAskable: async (kept: KeptTypingTool): Promise<boolean> => {
      try {
        const source = await sourceOf(kept);
        return unaskedItems(source, kept.tool, {}).length === 0;
      } catch (error) {
        if (error instanceof Problem) return false;
        throw error;
      }
    },
    /**
     * Puts a tool's questions into a survey and types its respondents from now on. What it asks already stays where it is.
     *
     * @param asksConsent also asks for consent to personalisation, where the survey does not yet
     */
    addTo: async (
      kept: KeptTypingTool,
      survey: SurveyRow,
      { asksConsent }: { asksConsent: boolean },
      actor: Actor,
    ): Promise<TypingBlock> => {
      insistKnown(survey, 'Placing people in segments');
      const source = await sourceOf(kept);
      let block = insertTypingBlock(survey.draft, kept.tool, source);
      const outcome = await surveyDrafts.edit(
        survey,
        {
          revision: survey.draftRevision,
          part: ({ pages, consent }) => [pages, consent],
          change: (draft) => {
            block = insertTypingBlock(draft, kept.tool, source);
            const { definition } = block;
            return asksConsent ? withPersonalConsent(definition, survey.publishedVersionId !== null) : definition;
          },
        },
        actor,
      );
      if (!outcome.saved)
        throw new Problem('conflict', 'Somebody else has changed this survey meanwhile', {
          detail: 'Nothing was added: try it again',
        });
      await start(kept, survey.id, block, actor);
      return block;
    },
    /**
     * A new survey that asks what the tool asks, in the languages and with the consent of the one it was learned from.
     *
     * @param after the newest survey when it was asked for: one that the same person has made since by this tool is given back
     *   instead of a second; null to make one whatever there is
     */
    addNew: (
      study: Study,
      kept: KeptTypingTool,
      title: string,
      actor: Actor,
      after: number | null = null,
    ): Promise<SurveyRow> => {
      const turn = adding.then(
        async () => (await madeSince(study, kept, actor, after)) ?? addNew(study, kept, title, actor),
      );
      adding = turn.catch(() => {});
      return turn;
    },
    /**
     * Types whoever answers a published survey that asks everything already.
     *
     * @throws Problem `conflict` where it does not
     */
    switchOn: async (kept: KeptTypingTool, survey: SurveyRow, actor: Actor): Promise<void> => {
      insistKnown(survey, 'Placing people in segments');
      if (survey.publishedVersionId === null)
        throw new Problem('conflict', 'The survey is not published', { detail: 'Publish it first' });
      const { definition } = await store.surveys.version(survey.publishedVersionId);
      const block = await blockIn(kept, definition);
      if (block.added > 0)
        throw new Problem('conflict', 'The survey does not ask everything that the tool needs', {
          detail: 'Add the questions to it instead',
        });
      await start(kept, survey.id, block, actor);
    },
    switchOff: async (kept: KeptTypingTool, id: number, actor: Actor): Promise<void> => {
      const typed = (await store.typedSurveys.ofTool(kept.id)).find((one) => one.id === id);
      if (!typed) throw new Problem('not-found', 'This tool does not type the people of such a survey');
      await store.typedSurveys.end(id, actor?.userId ?? null, at());
    },
    /** Where a tool types people, and what keeps it from doing so. */
    uses: async (study: Study, kept: KeptTypingTool) => {
      const list = await store.surveys.list(study.id);
      const uses = await store.typedSurveys.ofTool(kept.id);
      return Promise.all(
        uses.map(async ({ id, surveyId, items, startedAt, endedAt }) => {
          const survey = list.find((one) => one.id === surveyId)!;
          const published =
            survey.publishedVersionId === null
              ? null
              : (await store.surveys.version(survey.publishedVersionId)).definition;
          const asks = published?.consent.purposes.some(({ code }) => code === 'personalisation') ?? false;
          return {
            id,
            survey,
            startedAt,
            endedAt,
            unasked: published === null ? null : unaskedItems(published, kept.tool, items),
            asksConsent: asks,
          };
        }),
      );
    },
    open: (): void => {
      timer = setInterval(() => {
        next().catch(report);
      }, EVERY_MS);
      timer.unref();
    },
    /** Types everybody who has answered by now. */
    typeNow: async (): Promise<void> => {
      await logs.settle();
      await next();
    },
    close: async (): Promise<void> => {
      clearInterval(timer);
      await running;
    },
  };
}
export type TypedSurveys = ReturnType<typeof typedSurveyService>;
