import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ClubText } from '../../demo/club-members.ts';
import type { DemoText } from '../../demo/moving-house.ts';
import type { QuoteFormText } from '../../demo/quote-form.ts';
import type { FeedbackText } from '../../demo/shop-feedback.ts';
import { shippedFolder } from '../../verbatim.ts';

/** `under` names the code it stands under; one that only gathers others is not put on words. */
export type DemoCode = {
  code: string;
  name: string;
  definition: string;
  under?: string;
  include?: string;
  exclude?: string;
  isCodable?: boolean;
  /** Its place in the story of a decision. */
  storyRing?: string;
  storyStage?: string;
  storyForce?: string;
};
export type DemoInterview = {
  participant: string;
  /** The transcript's file name. */
  transcript: string;
  heldOn: string;
  mode: string;
  /** The planted segment they are of, `rooted-carers`. */
  segment: string;
  triggerMoment: string;
  /** `turn` counts from 1; `text` stands in it word for word. */
  passages: { turn: number; code: string; text: string }[];
  /** What was written while they talked; `at` is minutes and seconds from the beginning. */
  notes?: { at: string; text: string }[];
  /** How many questions of the guide were asked, from the first on. */
  asked?: number;
  /** Each from its foot upwards: a rung is a code, or words. */
  ladders: { kind: string; code?: string; text?: string }[][];
};
/** What was learned of the passages of some codes, by the codes' names, or of what one participant said. */
export type DemoInsight = {
  statement: string;
  note?: string;
  status: 'draft' | 'standing';
  for: string[];
  against: string[];
  /** The persona that claims it, in its words; null for none. */
  persona: string | null;
  words?: string;
};
export type DemoInterviews = { guide: { title: string; questions: string[] }; interviews: DemoInterview[] };

const demoFile = (name: string) => readFileSync(path.join(shippedFolder, 'demo', name), 'utf8');

const textsIn = (name: string) => JSON.parse(demoFile(name)) as DemoText[];

/** What was written for the demonstration and is shipped under `data/demo`. */
export const demoFiles = {
  survey: (): string => demoFile('survey.json'),
  /** In English, German and Arabic. */
  texts: (): DemoText[] => [
    ...textsIn('answers.json'),
    ...textsIn('answers.de.json').map((text) => ({ ...text, language: 'de' })),
    ...textsIn('answers.ar.json').map((text) => ({ ...text, language: 'ar' })),
  ],
  quoteFormSurvey: (): string => demoFile('quote-form-survey.json'),
  quoteFormTexts: () => JSON.parse(demoFile('quote-form-answers.json')) as QuoteFormText[],
  clubTexts: () => JSON.parse(demoFile('club-answers.json')) as ClubText[],
  feedbackTexts: () => JSON.parse(demoFile('feedback.json')) as FeedbackText[],
  codebook: () => JSON.parse(demoFile('codebook.json')) as DemoCode[],
  interviews: () => JSON.parse(demoFile('interviews/interviews.json')) as DemoInterviews,
  /** Whoever takes their consent back once their words have been used. */
  withdrawn: () => JSON.parse(demoFile('interviews/withdrawn.json')) as DemoInterview,
  insights: () => JSON.parse(demoFile('insights.json')) as DemoInsight[],
  transcript: (name: string): string => demoFile(`interviews/${path.basename(name)}`),
};
