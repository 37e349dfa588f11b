import { showDifference, showNumber, showPercent } from '../charts/numerals.ts';
import { type Claim, type ClaimSection, type Portrait, RINGS } from '../personas/portrait.ts';
import { RING_NAMES } from '../personas/story.ts';
import { evidenceShort, wordsOfClaim } from './evidence-words.ts';
import { bigFigure, markOf, sizeLines } from './persona-report.ts';
import { evidenceMarked } from './worded-claim.ts';

/** A persona as it is held against others. */
export type Compared = { portrait: Portrait; words: Readonly<Record<string, string>> };

/** One persona in one row: what it says there, with what stands behind it. */
export type ComparedCell = { text: string; detail: string; claim: string | null; isAbsent: boolean };
export type ComparedRow = { label: string; cells: ComparedCell[] };
export type ComparedPart = { id: string; title: string; rows: ComparedRow[]; note: string };

const ROWS_MAX = 20;
/** What only one persona says is its own page's to tell in full. */
const ALONE_MAX = 8;
const ABSENT: ComparedCell = { text: 'not said', detail: '', claim: null, isAbsent: true };
const cell = (text: string, detail = ''): ComparedCell => ({ text, detail, claim: null, isAbsent: text === '' });

/**
 * Personas side by side: how large each is, how each differs from its own rest, why they decide, and which claims they
 * share. Every figure is of a persona against everybody else, so that columns are not tested against each other.
 *
 * @param personas two to four, in the order of the columns
 * @returns parts with one cell per persona in each row; parts without rows are left out
 */
export function comparePersonas(personas: readonly Compared[]): ComparedPart[] {
  const parts: ComparedPart[] = [
    { id: 'size', title: 'How many they are', rows: sizeRows(personas), note: '' },
    {
      id: 'scales',
      title: 'Values and scales, each against everyone else',
      rows: scaleRows(personas),
      note: 'Differences of means with 95% intervals. A persona is held against all who are not in it, not against the others here.',
    },
    { id: 'why', title: 'Why they decide', rows: ringRows(personas), note: '' },
    {
      id: 'claims',
      title: 'What sets them apart',
      rows: claimRows(personas, ['holds', 'says', 'chose']),
      note: '“Not said” means that no difference was sure enough to tell, not that there is none.',
    },
    {
      id: 'channels',
      title: 'How they come, and who they are',
      rows: claimRows(personas, ['channel', 'who']),
      note: '',
    },
    { id: 'against', title: 'What speaks against it', rows: againstRows(personas), note: '' },
  ];
  return parts.filter(({ rows }) => rows.length > 0);
}

function sizeRows(personas: readonly Compared[]): ComparedRow[] {
  const row = (label: string, of: (portrait: Portrait) => ComparedCell): ComparedRow => ({
    label,
    cells: personas.map(({ portrait }) => of(portrait)),
  });
  return [
    row('Rests on', (portrait) => cell(markOf(portrait).name)),
    row('How many', (portrait) => cell(bigFigure(portrait), sizeLines(portrait).slice(0, 2).join('; '))),
    row('Share of revenue', ({ spend }) =>
      spend
        ? cell(showPercent(spend.share, 0), `${showNumber(spend.people)} of ${showNumber(spend.of)} people known`)
        : cell('', ''),
    ),
    row('Interviewed', ({ interviews }) =>
      interviews ? cell(`${showNumber(interviews.inside)} of ${showNumber(interviews.all)}`, 'people') : cell('', ''),
    ),
  ].filter(({ cells }) => cells.some(({ isAbsent }) => !isAbsent));
}

function scaleRows(personas: readonly Compared[]): ComparedRow[] {
  const names = new Map(
    personas.flatMap(({ portrait }) => portrait.scales.map(({ scale, name }) => [scale, name] as const)),
  );
  const spread = (row: ComparedRow & { differences: number[] }) =>
    row.differences.length < 2 ? 0 : Math.max(...row.differences) - Math.min(...row.differences);
  return [...names]
    .map(([scale, label]) => {
      const own = personas.map(({ portrait }) => portrait.scales.find((one) => one.scale === scale)?.evidence);
      return {
        label,
        differences: own.flatMap((evidence) => evidence?.difference ?? []),
        cells: own.map((evidence) =>
          evidence
            ? cell(
                showDifference(evidence.difference, 2),
                `${evidence.low === null || evidence.high === null ? '' : `${showDifference(evidence.low, 2)} to ${showDifference(evidence.high, 2)}, `}n ${showNumber(evidence.nHere)}`,
              )
            : cell(''),
        ),
      };
    })
    .toSorted((a, b) => spread(b) - spread(a))
    .slice(0, ROWS_MAX)
    .map(({ label, cells }) => ({ label, cells }));
}

const ofClaim = ({ words }: Compared, claim: Claim | undefined): ComparedCell =>
  claim
    ? {
        text: wordsOfClaim(claim, words),
        detail: evidenceMarked(
          claim,
          words,
          claim.isWithheld ? 'too few people to tell' : evidenceShort(claim.evidence),
        ),
        claim: claim.id,
        isAbsent: false,
      }
    : ABSENT;

const ringRows = (personas: readonly Compared[]): ComparedRow[] =>
  RINGS.map((ring) => ({
    label: RING_NAMES[ring].about,
    cells: personas.map((one) =>
      ofClaim(
        one,
        one.portrait.claims.find((claim) => claim.section === 'ring' && claim.ring === ring),
      ),
    ),
  })).filter(({ cells }) => cells.some(({ isAbsent }) => !isAbsent));

/** Claims by their ids: those that several make stand in one row each, and below them what only one makes. */
function claimRows(personas: readonly Compared[], sections: readonly ClaimSection[]): ComparedRow[] {
  const own = personas.map(({ portrait }) => portrait.claims.filter(({ section }) => sections.includes(section)));
  const first = new Map(own.flat().map((claim) => [claim.id, claim]));
  const rows = [...first.values()].map(({ id, heading }) => ({
    label: heading,
    cells: personas.map((one, at) =>
      ofClaim(
        one,
        own[at]?.find((claim) => claim.id === id),
      ),
    ),
  }));
  const shared = rows
    .filter((row) => said(row) > 1)
    .toSorted((a, b) => said(b) - said(a))
    .slice(0, ROWS_MAX);
  const alone = personas.map((one, at) =>
    (own[at] ?? [])
      .filter(({ id }) => own.every((others, other) => other === at || others.every((claim) => claim.id !== id)))
      .slice(0, ALONE_MAX)
      .map((claim) => ofClaim(one, claim)),
  );
  const deepest = Math.max(...alone.map(({ length }) => length));
  return [
    ...shared,
    ...Array.from({ length: deepest }, (_, depth) => ({
      label: depth === 0 ? 'Said of this one alone' : `Said of this one alone, ${depth + 1}`,
      cells: alone.map((cells) => cells[depth] ?? (depth === 0 ? ABSENT : cell(''))),
    })),
  ];
}

const said = ({ cells }: ComparedRow): number => cells.filter(({ isAbsent }) => !isAbsent).length;

function againstRows(personas: readonly Compared[]): ComparedRow[] {
  const most = Math.max(...personas.map(({ portrait }) => portrait.against.length));
  return Array.from({ length: Math.min(most, 3) }, (_, index) => ({
    label: index === 0 ? 'Known so far' : `Known so far, ${index + 1}`,
    cells: personas.map(({ portrait }) => {
      const counter = portrait.against[index];
      return counter ? cell(counter.text) : index === 0 ? { ...ABSENT, text: 'nothing found' } : cell('');
    }),
  }));
}
