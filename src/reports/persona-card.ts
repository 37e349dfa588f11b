import { showNumber, showPercent } from '../charts/numerals.ts';
import type { Portrait, PortraitSize } from '../personas/portrait.ts';
import type { Block } from './document.ts';
import { glyphOf, ruleLines } from './persona-report.ts';
import { plainSpans, type ReportGround } from './report-ground.ts';
import type { ToldPersona } from './told-persona.ts';

const MARKS = {
  assumption: 'Assumption: nothing was counted yet',
  qualitative: 'From interviews',
  quantified: 'From answers',
} as const;

/** The head of a persona: mark, name, sentence, how many. */
export function personaCard(persona: ToldPersona, ground: ReportGround): Block {
  const { portrait } = persona;
  return {
    kind: 'card',
    glyph: glyphOf(persona.name),
    name: persona.name,
    mark: MARKS[portrait.kind],
    lede: plainSpans(persona.lede || portrait.lede),
    share: portrait.size ? showPercent(portrait.size.share.share, 0) : null,
    lines: sizeLines(portrait),
    segmentClass: persona.segmentClass,
    refs: ground.refs(persona.source),
  };
}

function sizeLines({ size, spend, interviews, kind, sources }: Portrait): string[] {
  return [
    ...(size ? ofSize(size) : []),
    ...(spend
      ? [
          `${showPercent(spend.share, 0)} of revenue (${showNumber(spend.people)} of ${showNumber(spend.of)} people known)`,
        ]
      : []),
    ...(interviews ? [`${showNumber(interviews.inside)} of ${showNumber(interviews.all)} people interviewed`] : []),
    ...(kind === 'assumption' ? ['How many they are is not known'] : []),
    ...(kind === 'qualitative' ? ['Interviews do not say how many there are'] : []),
    ...ruleLines(sources),
  ];
}

const ofSize = ({ share, interval, n, base, effectiveBase, leftOutByRule, isAllByRule }: PortraitSize): string[] => [
  `of respondents, ${showPercent(share.low, 0)} to ${showPercent(share.high, 0)} ${interval === 'segmentation' ? 'with the uncertainty of grouping' : 'as if the segment were given'}`,
  `n ${showNumber(n)} of ${showNumber(base)}${effectiveBase === null ? '' : `, effective base ${showNumber(effectiveBase, 0)}`}`,
  ...(leftOutByRule ? [`${showNumber(leftOutByRule)} whom a rule asked are not in this share`] : []),
  ...(isAllByRule ? ['All were asked by a rule, which asks a chosen part of people'] : []),
];

/** Why a persona is out of date, or should be looked at again. */
export const doubtNotices = ({ doubts, isStale, source }: ToldPersona, ground: ReportGround): Block[] =>
  doubts.map((text) => ({
    kind: 'notice',
    tone: 'warn',
    title: isStale ? 'Out of date' : 'Needs a look',
    spans: plainSpans(text),
    refs: ground.refs(source),
  }));
