import { dots } from '../charts/dots.ts';
import { showNumber, showPercent } from '../charts/numerals.ts';
import type { SegmentationLabel } from '../model/segmentation.ts';
import type { Claim, ClaimEvidence, PeopleEvidence, Portrait } from '../personas/portrait.ts';

/** A persona as a document: plain data that a page, a print or a program lays out. */
export type PersonaReport = ReturnType<typeof personaReport>;

const number = (n: number) => n.toLocaleString('en-GB');

/** What a claim rests on, in short: here against the rest. */
export function evidenceShort(evidence: ClaimEvidence | null): string {
  if (evidence === null) return 'nothing was counted';
  if (evidence.kind === 'people') return peopleText(evidence);
  if (evidence.kind === 'share')
    return `${showPercent(evidence.here.share, 0)} here, ${showPercent(evidence.rest.share, 0)} of the rest`;
  return `${showNumber(evidence.here, 2)} here, ${showNumber(evidence.rest, 2)} among the rest`;
}

/** The same with its bases and intervals. */
export function evidenceLine(evidence: ClaimEvidence | null): string {
  if (evidence === null) return 'nothing was counted';
  if (evidence.kind === 'people') return peopleText(evidence);
  const bases = `n ${number(evidence.nHere)} and ${number(evidence.nRest)}`;
  if (evidence.kind === 'share') {
    return `${showPercent(evidence.here.share)} here (${showPercent(evidence.here.low)} to ${showPercent(evidence.here.high)}), ${showPercent(evidence.rest.share)} of the rest (${showPercent(evidence.rest.low)} to ${showPercent(evidence.rest.high)}), ${bases}`;
  }
  const interval =
    evidence.low === null || evidence.high === null
      ? ''
      : ` (${showNumber(evidence.low, 2)} to ${showNumber(evidence.high, 2)})`;
  return `mean ${showNumber(evidence.here, 2)} here, ${showNumber(evidence.rest, 2)} among the rest, difference ${showNumber(evidence.difference, 2)}${interval}, ${bases}`;
}

function peopleText({ people, of, passages, against }: PeopleEvidence): string {
  const speaksAgainst = against === 0 ? '' : `; ${number(against)} against it`;
  return `${number(people)} of ${number(of)} people, ${number(passages)} ${passages === 1 ? 'passage' : 'passages'}${speaksAgainst}`;
}

const STATUS = {
  assumed: 'assumed',
  validated: 'validated',
  described: 'describes the segment, which was made from it',
  open: 'open',
};

const CALLED: Record<SegmentationLabel, string> = {
  natural: 'The segment is natural: people fall into these groups by themselves, and do so in either half of them.',
  reproducible:
    'The segment is reproducible: other people of the same kind would be grouped alike, though people shade into each other.',
  constructive:
    'The segment is constructive: a way to divide people that may be useful. Others of the same kind might be divided otherwise.',
  defined:
    'The segment is defined: somebody drew its lines. Whether people fall into such groups by themselves was not looked at.',
};

/**
 * Lays a portrait out as a report.
 *
 * @param sourceOf the address where a claim's answers stand, or null where the reader may not go there
 */
export function personaReport(
  about: {
    name: string;
    lede: string;
    version: number;
    drawnAt: string;
    /** What its segment may be called; null of a segment that a rule defines. */
    label: SegmentationLabel | null;
    /** Instruments it was made by that were provisional then. */
    provisional: readonly string[];
  },
  portrait: Portrait,
  sourceOf: (claim: Claim) => string | null,
) {
  const { size } = portrait;
  const claims = portrait.claims
    .filter(({ section }) => section !== 'who')
    .map((claim) => ({
      heading: claim.heading,
      text: claim.text,
      evidence: evidenceShort(claim.evidence),
      detail: `${evidenceLine(claim.evidence)}; ${STATUS[claim.status]}`,
      href: sourceOf(claim),
      isOpen: claim.status === 'open',
    }));
  const glyph = about.name
    .split(/\s+/)
    .map((word) => [...word].find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? '')
    .join('')
    .slice(0, 2);
  return {
    top: {
      glyph: glyph || '?',
      name: about.name,
      lede: about.lede || portrait.lede,
      share: size ? showPercent(size.share.share, 0) : '',
      lines: [
        ...(size
          ? [
              `of respondents (${showPercent(size.share.low, 0)} to ${showPercent(size.share.high, 0)})`,
              `${number(size.n)} of ${number(size.base)} grouped`,
              ...(size.leftOutByRule ? [`${number(size.leftOutByRule)} asked by a rule are not in this share`] : []),
              ...(size.isAllByRule ? ['all were asked by a rule, which asks a chosen part of people'] : []),
            ]
          : []),
        ...(portrait.spend
          ? [
              `${showPercent(portrait.spend.share, 0)} of revenue (${number(portrait.spend.people)} of ${number(portrait.spend.of)} people known)`,
            ]
          : []),
      ],
    },
    claims,
    who: portrait.claims
      .filter(({ section }) => section === 'who')
      .map((claim) => ({
        heading: claim.heading,
        text: claim.text,
        evidence: evidenceLine(claim.evidence),
        href: sourceOf(claim),
        isOpen: claim.status === 'open',
      })),
    scales:
      portrait.scales.length > 0
        ? dots({
            id: 'scales',
            title: 'Scales, against the rest',
            rows: [...portrait.scales]
              .sort((a, b) => b.evidence.difference - a.evidence.difference)
              .map((scale) => ({
                label: scale.name,
                difference: scale.evidence.difference,
                low: scale.evidence.low,
                high: scale.evidence.high,
              })),
            digits: 2,
            zeroLabel: 'the rest',
            segmentClass: null,
            note: portrait.scales.some((scale) => scale.evidence.isInput)
              ? 'Differences of means with 95% intervals. Scales that formed the segment describe it and are not tested.'
              : 'Differences of means with 95% intervals.',
          })
        : null,
    themes: portrait.themes.slice(0, 8).map((theme) => ({
      label: theme.label,
      here: showPercent(theme.here.share),
      rest: showPercent(theme.rest.share),
      mark: theme.adjustedP !== null && theme.adjustedP < 0.05 ? (theme.here.share > theme.rest.share ? '▲' : '▼') : '',
      n: number(theme.nHere),
    })),
    sureness: [
      about.label === null ? 'The segment is what a rule admits.' : CALLED[about.label],
      ...(about.provisional.length === 0
        ? []
        : [
            `It was made by an instrument that was provisional then, so that nothing had shown yet what it measures: ${about.provisional.join('; ')}.`,
          ]),
      ...(size
        ? [
            `${number(size.base)} responses were looked at. p values are corrected for all comparisons together (false discovery rate 5%), and nothing is tested below 30 people on a side.`,
          ]
        : []),
      'Theme shares are not corrected by a blind sample.',
      portrait.quotable === 0
        ? 'Nobody in this segment agreed to be quoted, so there are no quotes.'
        : `${number(portrait.quotable)} of its members agreed to be quoted.`,
    ],
    version: about.version,
    drawnAt: about.drawnAt,
  };
}
