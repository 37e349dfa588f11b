import type { Request } from 'express';
import { trimLabel } from '../../charts/numerals.ts';
import { INTERVIEW_MODES } from '../../services/interview-form.ts';
import { ruleOfPeople } from '../../store/segment-rules.ts';
import type { Segment } from '../../store/segments.ts';
import type { SpokenAnswer } from '../../store/themes.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { fieldMaker } from './frame.ts';
import type { ReadFilter } from './response-filters.ts';

type Turn = NonNullable<SpokenAnswer['turn']>;
const NAMES = ['from', 'until', 'mode', 'guide', 'segment'] as const;

/** Reads which interviews are asked for in an address: by day, by how they were held, by guide, and by whom they were with. */
export async function readInterviewFilter(
  house: House,
  study: EnteredStudy,
  turns: readonly SpokenAnswer[],
  req: Request,
): Promise<Omit<ReadFilter, 'filter'> & { keeps: (turn: SpokenAnswer) => boolean }> {
  const asked = new Map<(typeof NAMES)[number], string>();
  for (const name of NAMES) {
    const value = queryOf(req, name).trim().slice(0, 300);
    if (value !== '') asked.set(name, value);
  }
  const faults: string[] = [];
  const known = (of: (turn: Turn) => string) =>
    [...new Set(turns.flatMap(({ turn }) => (turn ? of(turn) : [])))].sort();
  const guides = known(({ guide }) => guide).filter((guide) => guide !== '');
  const segments = await house.verbatim.store.segments.list(study.id);
  const drop = (name: (typeof NAMES)[number], fault: string) => {
    faults.push(`${fault}, so it is passed over`);
    asked.delete(name);
  };
  for (const name of ['from', 'until'] as const) {
    const day = asked.get(name);
    if (day !== undefined && (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day))))
      drop(name, `“${trimLabel(day, 40)}” is no day such as 2026-03-09`);
  }
  for (const [name, list] of [
    ['mode', INTERVIEW_MODES],
    ['guide', guides],
    ['segment', segments.map(({ publicId }) => publicId)],
  ] as const) {
    const value = asked.get(name);
    if (value !== undefined && !list.some((one) => one === value))
      drop(name, `There is no ${name} “${trimLabel(value, 40)}” here`);
  }
  const [from, until, mode, guide, segmentId] = NAMES.map((name) => asked.get(name));
  const segment = segments.find(({ publicId }) => publicId === segmentId);
  const people = segment ? await peopleIn(house, study, segment) : null;
  const query = (without?: string) => new URLSearchParams([...asked].filter(([name]) => name !== without)).toString();
  const headings = { from: 'From', until: 'Until', mode: 'How', guide: 'Guide', segment: 'Segment' };
  const make = fieldMaker(Object.fromEntries(asked), []);
  const plain = (value: string) => ({ value, label: trimLabel(value, 70) });
  return {
    keeps: ({ at, turn }) =>
      (from === undefined || at >= from) &&
      (until === undefined || at <= until) &&
      (mode === undefined || turn?.mode === mode) &&
      (guide === undefined || turn?.guide === guide) &&
      (people === null || people.has(turn?.personId ?? 0)),
    query: query(),
    active: [...asked].map(([name, value]) => ({
      text: `${headings[name]}: ${name === 'segment' ? (segment?.name ?? value) : value}`,
      without: query(name),
    })),
    fields: [
      make.text('from', 'Held from', { type: 'date' }),
      make.text('until', 'Held until', { type: 'date' }),
      make.select('mode', 'How you spoke', [{ value: '', label: 'Any' }, ...INTERVIEW_MODES.map(plain)]),
      ...(guides.length > 0
        ? [make.select('guide', 'Guide', [{ value: '', label: 'Any' }, ...guides.map(plain)])]
        : []),
      ...(segments.length > 0
        ? [
            make.select('segment', 'They are in the segment', [
              { value: '', label: 'Any' },
              ...segments.map(({ publicId, name }) => ({ value: publicId, label: trimLabel(name, 70) })),
            ]),
          ]
        : []),
    ],
    conditions: [],
    faults,
  };
}

/** Everybody who is in a segment just now: of one that was found, whoever gave the responses it holds. */
export async function peopleIn(
  { verbatim: { store, segments } }: House,
  study: EnteredStudy,
  segment: Segment,
): Promise<ReadonlySet<number>> {
  const rule = ruleOfPeople(segment);
  if (rule) return new Set((await segments.count(study, rule, null)).admitted.map(({ id }) => id));
  return new Set(await store.feedback.peopleFound(segment.id));
}
