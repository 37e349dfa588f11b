import { line } from '../../charts/line.ts';
import { showNumber, showPercent } from '../../charts/numerals.ts';
import { ancestors } from '../../coding/coded-texts.ts';
import { methodShows } from '../../coding/method.ts';
import { STOPPING_RULE, type StoppingRule, saturation } from '../../coding/saturation.ts';
import { showDate } from '../../render/helpers.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { analysisHead, analysisTabs, codeChoices } from './code-analysis-place.ts';
import { nothingCoded } from './code-matrices.ts';
import { fieldMaker, showPage, studyAddress } from './frame.ts';

const BASES = ['4', '5', '6', '8', '10'];
const RUNS = ['1', '2', '3', '4'];
const THRESHOLDS = [
  { value: '0.05', label: 'at most 5%' },
  { value: '0', label: 'none at all' },
];

/** Whether more interviews still bring something new. */
export function saturationDoor(door: Doorway, house: House): void {
  const { verbatim } = house;

  door.get('/studio/:study/saturation', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const at = `${studyAddress(study)}/saturation`;
    const { codes, within } = await verbatim.codedAnalysis.codes(study);
    const under = codes.find(({ publicId }) => publicId === queryOf(req, 'under')) ?? null;
    const passages = (await verbatim.codedAnalysis.passages(study, visit.user.id)).filter(
      ({ survey, codeId, isOwn }) => survey === null && isOwn && (under === null || within.get(under.id)?.has(codeId)),
    );
    const titles = new Map((await verbatim.store.notes.interviews(study.id)).map((one) => [one.publicId, one.title]));
    const above = ancestors(codes);
    const bySubject = Map.groupBy(passages, ({ subjectId }) => subjectId);
    const coded = (await verbatim.store.codedPassages.interviews(study.id)).filter(({ subjectId }) =>
      bySubject.has(subjectId),
    );
    const names = new Map(codes.map(({ id, name }) => [id, name]));
    const level = queryOf(req, 'level') === 'top' ? 'top' : 'own';
    const subjects = coded.map(({ subjectId }) => ({
      id: subjectId,
      codes: new Set(
        (bySubject.get(subjectId) ?? []).map(({ codeId }) =>
          String(level === 'top' ? (above.get(codeId)?.at(-1) ?? codeId) : codeId),
        ),
      ),
    }));
    const rule = readRule(req);
    const found = saturation(subjects, rule);
    const heard = new Set<string>();
    const make = fieldMaker(
      {
        base: String(rule.base),
        run: String(rule.run),
        threshold: String(rule.threshold),
        level,
        under: under?.publicId ?? '',
      },
      [],
    );
    const plain = (value: string) => ({ value, label: value });
    const isReflexive = !methodShows(study.method).saturation;
    await showPage(house, visit, res, 'codebook', 'studio/saturation', {
      head: analysisHead(study, 'Saturation', 'New codes, interview by interview, in the order they were held.'),
      tabs: { label: 'Pages of what was coded', tabs: analysisTabs(study, 'saturation') },
      isEmpty: subjects.length === 0,
      empty: nothingCoded(study),
      action: at,
      isReflexive,
      fields: [
        make.select('level', 'Count', [
          { value: 'own', label: 'every code' },
          { value: 'top', label: 'only the codes at the top' },
        ]),
        make.select('under', 'Under', [{ value: '', label: 'the whole codebook' }, ...codeChoices(codes)]),
        ...(isReflexive
          ? []
          : [
              make.select('base', 'Interviews in the base', BASES.map(plain)),
              make.select('run', 'Interviews in a run', RUNS.map(plain)),
              make.select('threshold', 'New in a run', THRESHOLDS),
            ]),
      ],
      verdict: isReflexive ? null : verdict(subjects.length, found, rule),
      chart: line({
        id: 'saturation',
        title: 'Codes heard so far',
        points: found.steps.map(({ id, total }) => ({ label: titles.get(id) ?? 'Interview', value: total })),
        unit: 'codes',
        note: null,
      }),
      table: {
        caption: 'New codes by interview',
        isCaptionHidden: true,
        isStacked: true,
        columns: [
          { label: 'Interview', isNumber: false },
          { label: 'Held', isNumber: false },
          { label: 'Codes', isNumber: true },
          { label: 'New', isNumber: true },
          { label: 'So far', isNumber: true },
          { label: 'Expected in any order', isNumber: true },
          { label: 'What was new', isNumber: false },
        ],
        rows: found.steps.map(({ id, codes: own, fresh, total, expected }, index) => {
          const added = [...subjects[index]!.codes].filter((code) => !heard.has(code));
          for (const code of added) heard.add(code);
          return {
            cells: [
              { text: titles.get(id) ?? 'Interview', href: `${studyAddress(study)}/interviews/${id}`, isNumber: false },
              { text: showDate(coded[index]!.day), href: null, isNumber: false },
              { text: showNumber(own), href: null, isNumber: true },
              { text: showNumber(fresh), href: null, isNumber: true },
              { text: showNumber(total), href: null, isNumber: true },
              { text: showNumber(expected, 1), href: null, isNumber: true },
              { text: listed(added.map((code) => names.get(Number(code)) ?? '')), href: null, isNumber: false },
            ],
          };
        }),
      },
    });
  });
}

const NAMED = 5;
const listed = (names: readonly string[]): string =>
  names.length === 0
    ? '–'
    : `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''}`;

function readRule(req: Parameters<typeof queryOf>[0]): StoppingRule {
  const asked = (name: string, list: readonly string[], usual: number) =>
    list.includes(queryOf(req, name)) ? Number(queryOf(req, name)) : usual;
  return {
    base: asked('base', BASES, STOPPING_RULE.base),
    run: asked('run', RUNS, STOPPING_RULE.run),
    threshold: asked(
      'threshold',
      THRESHOLDS.map(({ value }) => value),
      STOPPING_RULE.threshold,
    ),
  };
}

const interviews = (n: number) => `${showNumber(n)} ${n === 1 ? 'interview' : 'interviews'}`;

/** What the rule says, and what it does not. */
function verdict(n: number, found: ReturnType<typeof saturation>, { base, run, threshold }: StoppingRule) {
  const lines: string[] = [];
  if (n < base + run)
    lines.push(
      `${interviews(n)} carry codes; the rule needs ${base + run} before it says anything, so at least ${interviews(base + run - n)} more.`,
    );
  else if (found.newShare === null)
    lines.push('The interviews of the base brought no code, so nothing can be held against them.');
  else
    lines.push(
      `The last ${interviews(run)} brought ${showPercent(found.newShare, 0)} as many new codes as the first ${base}; the rule asks for ${threshold === 0 ? 'none' : `at most ${showPercent(threshold, 0)}`}.`,
    );
  if (found.estimated !== null) {
    const total = found.steps.at(-1)?.total ?? 0;
    lines.push(
      `${showNumber(total)} codes were heard; judged by how many were heard only once or twice, there may be ${showNumber(found.estimated, 0)} in all (Chao’s estimate, which is rather too low than too high).`,
    );
    if (found.stillNeeded === null) lines.push('How many more interviews would be needed cannot be told from so few.');
    else if (found.stillNeeded > 0)
      lines.push(`About ${interviews(found.stillNeeded)} more would bring what is heard to 95% of that.`);
  }
  lines.push('It says nothing of how good the codes are, nor of people you did not speak with.');
  const holds = found.reachedAt !== null && found.newShare !== null && found.newShare <= threshold;
  return {
    title:
      found.reachedAt === null
        ? n < base + run
          ? 'Too few interviews to say'
          : 'Not yet: interviews still bring new codes'
        : holds
          ? `Reached with interview ${found.reachedAt}`
          : `Was reached with interview ${found.reachedAt}, and does not hold: later interviews brought new codes again`,
    isReached: holds,
    lines,
  };
}
