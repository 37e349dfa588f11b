import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Guide } from '../model/guide.ts';
import { Problem } from '../model/problem.ts';
import type { Rule } from '../model/rule.ts';
import type { Wording } from '../model/survey.ts';
import type { PlayRow } from '../store/plays.ts';
import type { Study } from '../store/studies.ts';
import type { Audience } from '../workers/tasks/audience.ts';
import { openQuestion, shortBrief } from './change-groups.ts';
import type { Actor, Context } from './context.ts';
import { shippedGuide } from './guides.ts';
import type { SegmentExample } from './segment-examples.ts';
import type { segmentSizeService } from './segment-sizes.ts';
import type { Segments } from './segments.ts';
import type { Surveys } from './surveys.ts';

type SegmentSizes = ReturnType<typeof segmentSizeService>;

/** In the order in which they are offered. */
export const PLAY_CODES = [
  'loyal',
  'vip',
  'likely-to-refer',
  'low-value',
  'new-and-silent',
  'about-to-leave',
  'came-back',
  'tried-the-competitor',
  'silent-power-user',
] as const;

/** How the people of a play are asked; `list` leaves that to somebody else. */
export const PLAY_ASKS = ['survey', 'guide', 'list'] as const;
export type PlayAsk = (typeof PLAY_ASKS)[number];

/** A group of people worth asking something, and what: made of a ready segment, a short survey and a guide. */
export type Play = {
  code: string;
  /** What is to be learnt from them. */
  purpose: string;
  usual: Exclude<PlayAsk, 'list'>;
  example: SegmentExample;
  guide: Guide & { code: string };
  survey: { code: string; title: Wording; questions: { code: string; text: Wording }[] };
};

type Shipped = Omit<Play, 'code' | 'example' | 'guide'> & { segment: string; guide: string };

/** Ready plays, started as a segment and what its people are asked by; each part stays open to change. */
export function playService(
  { store, now, templatesFolder }: Context,
  { segments, segmentSizes, surveys }: { segments: Segments; segmentSizes: SegmentSizes; surveys: Surveys },
) {
  const shipped = (code: string): Shipped =>
    JSON.parse(readFileSync(path.join(templatesFolder, 'plays', `${code}.json`), 'utf8')) as Shipped;
  const guideOf = (code: string) => ({ ...shippedGuide(templatesFolder, code), code });
  const read = (code: string): Play => {
    const { segment, guide, ...play } = shipped(code);
    return { ...play, code, example: segments.examples.find(segment), guide: guideOf(guide) };
  };

  /** @throws Problem `not-found` when there is no such play */
  function find(code: string): Play {
    const known = PLAY_CODES.find((one) => one === code);
    if (!known) throw new Problem('not-found', 'There is no such play');
    return read(known);
  }

  return {
    list: (): Play[] => PLAY_CODES.map(read),
    find,
    /**
     * Makes the segment, and the draft of a survey aimed at it where people are to be asked by one.
     *
     * @throws Problem `invalid` for a name that is missing, or a way of asking there is not
     */
    start: async (study: Study, code: string, form: { name: string; ask: string }, actor: Actor): Promise<PlayRow> => {
      const { example, guide, survey } = find(code);
      const ask = PLAY_ASKS.find((one) => one === form.ask);
      if (!ask)
        throw new Problem('invalid', 'Choose how they are asked', {
          errors: [{ pointer: '#/ask', detail: 'Choose one of these' }],
        });
      const segment = await segments.define(study, { name: form.name, rule: example.rule, surveyId: null }, actor);
      let surveyId: number | null = null;
      if (ask === 'survey') {
        const first = survey.questions.map((question) => openQuestion(question.code, question.text));
        const about = { code: survey.code, title: survey.title };
        const draft = await surveys.addDrafted(study.id, shortBrief(first, ['demographic']), about);
        await surveys.setAudience(draft, segment.publicId);
        surveyId = draft.id;
      }
      return store.plays.add({
        studyId: study.id,
        code,
        segmentId: segment.id,
        surveyId,
        guide: ask === 'guide' ? guide.code : null,
        createdBy: actor?.userId ?? null,
        createdAt: now().toISOString(),
      });
    },
    /** A started play with its parts as they are now. @throws Problem `not-found` */
    open: async (study: Study, publicId: string) => {
      const play = await store.plays.find(study.id, publicId);
      const segment = play && (await store.segments.findById(study.id, play.segmentId));
      if (!play || !segment) throw new Problem('not-found', 'There is no such play in this study');
      return {
        play,
        segment,
        survey: play.surveyId === null ? null : await store.surveys.findById(study.id, play.surveyId),
        guide: play.guide === null ? null : guideOf(play.guide),
        purpose: find(play.code).purpose,
      };
    },
    /** Who fits just now, by the segment's rule as it is now; the count is kept as the segment's size of today. */
    people: async (study: Study, segment: Parameters<SegmentSizes['count']>[1]): Promise<Audience> => {
      if (segment.rule === null) throw new Problem('conflict', 'The segment of this play has no rule');
      return segmentSizes.count(study, segment, JSON.parse(segment.rule) as Rule);
    },
  };
}
export type Plays = ReturnType<typeof playService>;
