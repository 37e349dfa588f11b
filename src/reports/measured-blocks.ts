import { showNumber, showPercent } from '../charts/numerals.ts';
import type { QuoteSpan, ThemeShare, WordUse } from '../personas/portrait.ts';
import { type Once, refsOf } from './claim-blocks.ts';
import type { Block, Refs } from './document.ts';
import { paragraph, plainSpans, type ReportGround } from './report-ground.ts';
import type { ClaimGround, ToldPersona } from './told-persona.ts';

const THEMES_SHOWN = 8;
/** Themes beside those that claims tell of. */
const OTHERS_SHOWN = 4;
const WORDS_SHOWN = 8;
const QUOTES_AGAINST = 2;

export function wordList(uses: readonly WordUse[], persona: ToldPersona, ground: ReportGround): Block[] {
  if (uses.length === 0) return [];
  return [
    {
      kind: 'list',
      isOrdered: false,
      items: uses.slice(0, WORDS_SHOWN).map(({ words, here, nHere, rest, nRest }) => ({
        spans: [
          { text: words, isStrong: true },
          {
            text: ` (${showNumber(here)} of ${showNumber(nHere)}; of others ${showNumber(rest)} of ${showNumber(nRest)})`,
            isSoft: true,
          },
        ],
        refs: ground.refs(persona.source),
      })),
    },
  ];
}

export function scaleCharts(persona: ToldPersona, ground: ReportGround, groundOf: ClaimGround): Block[] {
  const { portrait, segmentClass } = persona;
  return [true, false].flatMap((isHumanValue): Block[] => {
    const scales = portrait.scales.filter((scale) => scale.isHumanValue === isHumanValue);
    if (scales.length === 0) return [];
    return [
      {
        kind: 'chart',
        refs: refsOf(
          scales.flatMap(({ scale }) => groundOf({ kind: 'scale', scale }, persona)),
          persona,
          ground,
        ),
        chart: {
          kind: 'dots',
          input: {
            id: `scales-${isHumanValue ? 'values' : 'other'}-${persona.id}`,
            title: isHumanValue ? 'What they hold dear, against the rest' : 'Scales, against the rest',
            rows: scales
              .toSorted((a, b) => b.evidence.difference - a.evidence.difference)
              .map(({ name, evidence }) => ({
                label: name,
                difference: evidence.difference,
                low: evidence.low,
                high: evidence.high,
              })),
            digits: 2,
            zeroLabel: 'the rest',
            segmentClass,
            note: `Differences of means with 95% intervals; n ${basesOf(scales.map(({ evidence }) => evidence))}.${scales.some(({ evidence }) => evidence.isInput) ? ' Scales that formed the segment describe it and are not tested.' : ''}`,
          },
        },
      },
    ];
  });
}

/** The smallest bases of several figures, so that no figure claims more than it has. */
const basesOf = (figures: readonly { nHere: number; nRest: number }[]): string =>
  `at least ${showNumber(Math.min(...figures.map(({ nHere }) => nHere)))} here and ${showNumber(Math.min(...figures.map(({ nRest }) => nRest)))} of the rest`;

const isApart = ({ adjustedP }: ThemeShare): boolean => adjustedP !== null && adjustedP < 0.05;

/** Themes beside those that claims tell of: where there are such, only what differs from the rest. */
export function themeChart(persona: ToldPersona, ground: ReportGround, groundOf: ClaimGround): Block[] {
  const { portrait } = persona;
  // What claims say above with the same figures is not said again.
  const claimed = new Set(
    portrait.claims.flatMap(({ source, evidence, lapsedIn }) =>
      source?.kind === 'theme' && evidence !== null && lapsedIn === null ? [source.theme] : [],
    ),
  );
  const themes = portrait.themes
    .filter((theme) => claimed.size === 0 || (!claimed.has(theme.theme) && isApart(theme)))
    .slice(0, claimed.size === 0 ? THEMES_SHOWN : OTHERS_SHOWN);
  if (themes.length === 0) return [];
  const sources = themes.flatMap(({ theme }) => groundOf({ kind: 'theme', theme }, persona));
  return [
    {
      kind: 'table',
      caption: claimed.size === 0 ? 'What they talk about' : 'What else they talk about',
      columns: [
        { label: 'Theme', isNumber: false },
        { label: 'Here', isNumber: true },
        { label: 'The rest', isNumber: true },
        { label: 'n', isNumber: true },
      ],
      rows: themes.map((theme) => ({
        cells: [
          theme.label,
          `${showPercent(theme.here.share)} (${showPercent(theme.here.low)} to ${showPercent(theme.here.high)})${isApart(theme) ? (theme.here.share > theme.rest.share ? ' ▲' : ' ▼') : ''}`,
          `${showPercent(theme.rest.share)} (${showPercent(theme.rest.low)} to ${showPercent(theme.rest.high)})`,
          `${showNumber(theme.nHere)} and ${showNumber(theme.nRest)}`,
        ],
        refs: refsOf(groundOf({ kind: 'theme', theme: theme.theme }, persona), persona, ground),
      })),
      note: `▲▼ differ from the rest at a false discovery rate of 5%. Shares with 95% intervals${sources.length === 0 ? '' : '; they are as the machine counted them'}.`,
    },
  ];
}

export function ladderChart(persona: ToldPersona, ground: ReportGround, groundOf: ClaimGround): Block[] {
  const { ladders } = persona.portrait;
  if (!ladders || ladders.nodes.length === 0) return [];
  return [
    {
      kind: 'chart',
      refs: refsOf(groundOf({ kind: 'ladders' }, persona), persona, ground),
      chart: {
        kind: 'value-map',
        input: {
          id: `ladders-${persona.id}`,
          title: 'What leads to what, in interviews',
          nodes: ladders.nodes.map((node) => ({ ...node, href: null })),
          links: ladders.links,
          note: `Links that at least ${showNumber(ladders.cutoff)} of ${showNumber(ladders.ladders)} ladders by ${showNumber(ladders.people)} people have.`,
        },
      },
    },
  ];
}

export function recogniseBlocks({ portrait: { recognise } }: ToldPersona, refs: Refs): Block[] {
  if (!recognise) return [];
  const { questions, accuracy, recall, precision, n, unsure, baseline, isPublished } = recognise;
  const span = (share: { share: number; low: number; high: number }) =>
    `${showPercent(share.share, 0)} (${showPercent(share.low, 0)} to ${showPercent(share.high, 0)})`;
  return [
    {
      kind: 'list',
      isOrdered: true,
      items: questions.map(({ name, index, direction }) => ({
        spans: [
          { text: name },
          ...(index === null && direction === null
            ? []
            : [
                {
                  text: ` (${[index === null ? '' : `index ${showNumber(index, 0)}`, direction === null ? '' : `${direction} than others`].filter((one) => one !== '').join(', ')})`,
                  isSoft: true,
                },
              ]),
        ],
        refs,
      })),
    },
    paragraph(
      `Asked of ${showNumber(n)} people who did not help to build them, these questions put ${span(accuracy)} where they belong; a guess would put ${showPercent(baseline, 0)} there. Of those who are one they find ${span(recall)}${precision === null ? '' : `; of those they name, ${span(precision)} are one`}. ${showPercent(unsure, 0)} are left unsure rather than forced.${isPublished ? '' : ' The questions are not published yet.'}`,
      refs,
    ),
  ];
}

export function againstBlocks(persona: ToldPersona, ground: ReportGround, groundOf: ClaimGround, once: Once): Block[] {
  return persona.portrait.against.flatMap(({ text, source, quotes }): Block[] => {
    const { first, again } = once.show(ground.quotes(quotes as QuoteSpan[], QUOTES_AGAINST));
    return [
      {
        kind: 'notice',
        tone: 'warn',
        title: 'Against it',
        spans: plainSpans(again.length === 0 ? text : `${text} See ${new Intl.ListFormat('en-GB').format(again)}.`),
        refs: refsOf(groundOf(source, persona), persona, ground),
      },
      ...first,
    ];
  });
}
