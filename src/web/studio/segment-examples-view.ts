import { answersOf, type SegmentExample } from '../../services/segment-examples.ts';
import type { RuleKnown } from './rule-known.ts';

const FAMILIES: Readonly<Record<string, string>> = {
  behavioural: 'Behavioural: what people do',
  demographic: 'Demographic: who they are',
  psychographic: 'Psychographic: how they think',
  geographic: 'Geographic: where they live',
  firmographic: 'Firmographic: what company they work for',
  technographic: 'Technographic: what technology they use',
  'value-based': 'Value-based: what they are worth in money',
  'values-based': 'Values-based: what they hold dear',
};

/** What an example needs to be known, and whether this workspace has it already. */
export function needsView(
  example: SegmentExample,
  known: RuleKnown,
  surveyNames: ReadonlyMap<string, string>,
): { label: string; isHere: boolean }[] {
  const { needs } = example;
  const isIn = (list: readonly { value: string }[], name: string) => list.some(({ value }) => value === name);
  const hasAnswers = answersOf(example).every((address) => isIn(known.answers, address));
  return [
    ...needs.events.map((one) => ({ label: `the event “${one}”`, isHere: isIn(known.events, one) })),
    ...needs.attributes.map((one) => ({ label: `the attribute “${one}”`, isHere: isIn(known.attributes, one) })),
    ...needs.companies.map((one) => ({
      label: `the company’s attribute “${one}”`,
      isHere: isIn(known.companies, one),
    })),
    ...needs.surveys.map((one) => ({
      label: `answers as the survey “${surveyNames.get(one) ?? one}” asks for`,
      isHere: hasAnswers,
    })),
  ];
}

/** The ready segments, each with what it needs and whether this workspace has that already. */
export function exampleGroups(
  examples: readonly SegmentExample[],
  known: RuleKnown,
  surveyNames: ReadonlyMap<string, string>,
  at: string,
) {
  const view = (example: SegmentExample) => {
    const { code, name, family, explanation } = example;
    return {
      name,
      family: FAMILIES[family] ?? null,
      explanation,
      href: `${at}?example=${code}`,
      needs: needsView(example, known, surveyNames),
    };
  };
  const [plays, kinds] = [true, false].map((isPlay) =>
    examples.filter(({ family }) => (family === 'play') === isPlay).map(view),
  );
  return [
    {
      title: 'Start from an example',
      note: 'One of each kind. Opened, it is yours to change; nothing is kept before you save it.',
      examples: kinds ?? [],
    },
    {
      title: 'Groups to do something about',
      note: 'The amounts are examples: put in those of your trade.',
      examples: plays ?? [],
    },
  ];
}
