import { ancestors } from '../coding/coded-texts.ts';
import type { Guide } from '../model/guide.ts';
import { type ProposedStory, proposeStory, type SaidInPart, type StandingStory, storyOf } from '../personas/story.ts';
import type { Code } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { Context } from './context.ts';

/** Where codes may have their place in the story of a decision. */
export function codeStoryService({ store }: Pick<Context, 'store'>) {
  /** The part of the guide that was talked about when passages of a code were said, where both have their time. */
  async function saidInParts(study: Pick<Study, 'id'>, code: Code, viewer: number | null): Promise<SaidInPart[]> {
    const passages = (await store.codedPassages.list(study.id, [Number(code.id)], viewer)).filter(
      ({ survey }) => survey === null,
    );
    const sources = new Map(
      (await store.notes.findSources(study.id, [...new Set(passages.map(({ sourceId }) => sourceId))])).map(
        (source) => [`${source.publicId} ${source.version}`, source],
      ),
    );
    const said: SaidInPart[] = [];
    for (const [subjectId, own] of Map.groupBy(passages, (passage) => passage.subjectId)) {
      const interview = await store.notes.findInterview(study.id, subjectId);
      const row = interview?.guideId ? await store.guides.findById(interview.guideId) : null;
      if (!interview || !row) continue;
      const questions = new Map(
        (JSON.parse(row.content) as Guide).parts.flatMap(({ title, prompts }) =>
          prompts.flatMap(({ id, text, probes }) =>
            [id, ...probes.map((probe) => probe.id)].map((one): [string, SaidInPart] => [
              one,
              { part: title, question: text },
            ]),
          ),
        ),
      );
      const asked = (await store.interviewNotes.marks(interview.id))
        .flatMap(({ question, atMs }) => (atMs === null ? [] : [{ atMs, of: questions.get(question) }]))
        .toSorted((a, b) => a.atMs - b.atMs);
      for (const { sourceId, sourceVersion } of own) {
        const startMs = sources.get(`${sourceId} ${sourceVersion}`)?.startMs ?? null;
        const last = startMs === null ? undefined : asked.findLast(({ atMs }) => atMs <= Number(startMs));
        if (last?.of) said.push(last.of);
      }
    }
    return said;
  }

  /** A code and those above it, the nearest first. */
  async function lineOf(study: Pick<Study, 'id'>, code: Code): Promise<Code[]> {
    const byId = new Map((await store.codebook.all(study.id)).map((one) => [one.id, one]));
    return (ancestors([...byId.values()]).get(code.id) ?? []).flatMap((id) => byId.get(id) ?? []);
  }

  return {
    /** Where a code stands in the story today. */
    standing: async (study: Pick<Study, 'id'>, code: Code): Promise<StandingStory> =>
      storyOf(await lineOf(study, code)),
    /**
     * For a code’s form: what holds for it by the codes above, and what suggests itself by its name or by where in a guide
     * it was heard. Nothing of that is kept.
     */
    choices: async (
      study: Pick<Study, 'id'>,
      code: Code,
      viewer: number | null,
    ): Promise<{ above: StandingStory; proposed: ProposedStory }> => {
      const line = await lineOf(study, code);
      return {
        above: storyOf(line.slice(1)),
        proposed: proposeStory(
          line.map(({ name }) => name),
          await saidInParts(study, code, viewer),
        ),
      };
    },
  };
}
