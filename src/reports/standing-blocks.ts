import { showNumber } from '../charts/numerals.ts';
import { dayOf } from './day-of.ts';
import type { Block, Refs, TableBlock } from './document.ts';
import type { ReportGround } from './report-ground.ts';
import type { ToldPersona } from './told-persona.ts';

const CHANGES_SHOWN = 8;

/** For what a persona is good, who answers for it, and what it stands on as it is known now, each line with its own source. */
export function standingTable(persona: ToldPersona, ground: ReportGround): Block[] {
  const own = ground.refs(persona.source);
  const rows = [
    ...caredFor(persona).map((cells) => ({ cells, refs: own })),
    ...persona.standing.parts.flatMap(({ label, lines }) =>
      lines.map(({ text, source }) => ({
        cells: [label, text],
        refs: source === null ? own : ground.refs(source, persona.source),
      })),
    ),
  ];
  return rows.length === 0 ? [] : [standing(`${persona.name}: what it stands on`, rows)];
}

/** For what a persona is good and who answers for it: what a reader of several needs to know; the rest is in its sheet. */
export function validityTable(persona: ToldPersona, ground: ReportGround): Block[] {
  const own = ground.refs(persona.source);
  const rows = caredFor(persona).map((cells) => ({ cells, refs: own }));
  return rows.length === 0 ? [] : [standing(`${persona.name}: what it is good for`, rows)];
}

/** What somebody has said of its use, and who sees to it. */
function caredFor({ validFor, notValidFor, retireWhen, owner, reviewOn }: ToldPersona): string[][] {
  return [
    ['Good for', validFor],
    ['Not good for', notValidFor],
    ['Who answers for it', owner],
    ['To be looked at again by', reviewOn === null ? '' : dayOf(reviewOn)],
    ['To be retired when', retireWhen],
  ].filter(([, text]) => text !== '');
}

const standing = (caption: string, rows: TableBlock['rows']): TableBlock => ({
  kind: 'table',
  isAside: true,
  caption,
  columns: [
    { label: 'What', isNumber: false },
    { label: 'As it is known now', isNumber: false },
  ],
  rows,
  note: '',
});

/** What each version changed, the newest first. */
export function changeTable({ name, standing: { changes } }: ToldPersona, refs: Refs): Block[] {
  if (changes.length === 0) return [];
  return [
    {
      kind: 'table',
      isAside: true,
      caption: `${name}: version by version`,
      columns: [
        { label: 'Version', isNumber: false },
        { label: 'Day', isNumber: false },
        { label: 'What changed', isNumber: false },
      ],
      rows: changes
        .slice(0, CHANGES_SHOWN)
        .map(({ number, day, what }) => ({ cells: [showNumber(number), day, what], refs })),
      note:
        changes.length > CHANGES_SHOWN
          ? `${showNumber(changes.length - CHANGES_SHOWN)} earlier versions are in the study.`
          : '',
    },
  ];
}
