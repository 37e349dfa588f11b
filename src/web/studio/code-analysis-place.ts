import type { Request } from 'express';
import { trimLabel } from '../../charts/numerals.ts';
import { codeTree, flatTree } from '../../coding/code-tree.ts';
import type { CodedPassage } from '../../store/coded-passages.ts';
import type { Code } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { EnteredStudy, StudyVisit } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { fieldMaker, head, studyAddress } from './frame.ts';
import { segmentChoices } from './interviewee-view.ts';
import { openQuestions } from './themes-place.ts';

const PAGES = [
  ['quotes', 'Quotes'],
  ['code-matrix', 'Codes and segments'],
  ['code-pairs', 'Codes together'],
  ['saturation', 'Saturation'],
  ['laddering', 'Laddering'],
  ['triangulation', 'Interviews and answers'],
] as const;
export type AnalysisPage = (typeof PAGES)[number][0];

/** The pages that read what was coded as a whole, one of them shown. */
export const analysisTabs = (study: { publicId: string }, current: AnalysisPage) =>
  PAGES.map(([path, label]) => ({ label, href: `${studyAddress(study)}/${path}`, isCurrent: path === current }));

export const analysisHead = (study: EnteredStudy, title: string, lede: string | null = null) =>
  head(
    [
      { label: study.name, href: studyAddress(study) },
      { label: 'Codebook', href: `${studyAddress(study)}/codebook` },
    ],
    title,
    lede,
  );

/** Codes as choices of a field, each indented by how deep it stands. */
export const codeChoices = (codes: readonly Code[]): { value: string; label: string }[] =>
  flatTree(codeTree(codes)).map(({ code, depth }) => ({
    value: code.publicId,
    label: `${'– '.repeat(depth)}${trimLabel(code.name, 60)}`,
  }));

const NAMES = ['code', 'also', 'segment', 'where', 'from', 'until', 'direction', 'mark', 'words'] as const;
type Name = (typeof NAMES)[number];
const HEADINGS: Record<Name, string> = {
  code: 'Code',
  also: 'With the code',
  segment: 'Segment',
  where: 'Said in',
  from: 'From',
  until: 'Until',
  direction: 'They speak',
  mark: 'Marked',
  words: 'Words',
};
const DIRECTED = [
  { value: 'for', label: 'for it' },
  { value: 'against', label: 'against it' },
  { value: 'unsaid', label: 'it is not said' },
];
const MARKS = [
  { value: 'important', label: 'as important' },
  { value: 'example', label: 'as an example' },
];

export type PassageFilter = {
  codes: Code[];
  within: Map<number, Set<number>>;
  passages: CodedPassage[];
  /** How many passages there are without a filter. */
  all: number;
  words: string;
  fields: ReturnType<ReturnType<typeof fieldMaker>['text']>[];
  active: { text: string; query: string }[];
  faults: string[];
  query: string;
  whereOf: (passage: CodedPassage) => string;
};

/**
 * The passages that an address asks for: by code (and those under it), by a second code on the same answer or turn, by
 * segment, by interviews or one question, by day, by direction and mark. What cannot be read is passed over and said.
 *
 * @param names which of the filters the page has
 */
export async function readPassages(
  house: House,
  { study, user }: StudyVisit,
  req: Request,
  names: readonly Name[] = NAMES,
): Promise<PassageFilter> {
  const { verbatim } = house;
  const { codes, within } = await verbatim.codedAnalysis.codes(study);
  const all = await verbatim.codedAnalysis.passages(study, user.id);
  const questions = await openQuestions(house, study);
  const questionOf = new Map(questions.map(({ survey, item, text }) => [`${survey} ${item}`, text]));
  const placeOf = (passage: CodedPassage) =>
    passage.survey === null ? 'interviews' : `${passage.survey} ${passage.item}`;
  const whereOf = (passage: CodedPassage) =>
    passage.survey === null ? 'Interview' : (questionOf.get(placeOf(passage)) ?? passage.item);
  const places = [...new Map(all.map((passage) => [placeOf(passage), whereOf(passage)]))];
  const wheres = [
    { value: 'interviews', label: 'Interviews' },
    { value: 'answers', label: 'Answers to surveys' },
    ...places
      .filter(([value]) => value !== 'interviews')
      .map(([value, label]) => ({ value, label: trimLabel(label, 70) }))
      .sort((a, b) => (a.label < b.label ? -1 : 1)),
  ];
  const segments = names.includes('segment') ? segmentChoices(await verbatim.interviewees.standing(study)) : [];
  const choices: Partial<Record<Name, { value: string; label: string }[]>> = {
    code: codeChoices(codes),
    also: codeChoices(codes),
    segment: segments,
    where: wheres,
    direction: DIRECTED,
    mark: MARKS,
  };
  const faults: string[] = [];
  const asked = new Map<Name, string>();
  for (const name of names) {
    const value = queryOf(req, name).trim().slice(0, 300);
    if (value === '') continue;
    const list = choices[name];
    const isDay = /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
    const fault =
      (list && !list.some((one) => one.value === value)) || ((name === 'from' || name === 'until') && !isDay)
        ? `${HEADINGS[name]}: “${trimLabel(value, 40)}” is not there, so it is passed over`
        : null;
    if (fault) faults.push(fault);
    else asked.set(name, value);
  }
  const codeIds = (name: 'code' | 'also'): Set<number> | null => {
    const code = codes.find(({ publicId }) => publicId === asked.get(name));
    return code ? (within.get(code.id) ?? new Set([code.id])) : null;
  };
  const [own, also] = [codeIds('code'), codeIds('also')];
  const textOf = ({ sourceId, sourceVersion }: CodedPassage) => `${sourceId} ${sourceVersion}`;
  const withAlso = also && new Set(all.filter(({ codeId }) => also.has(codeId)).map(textOf));
  const inSegment = await segmentTest(house, study, asked.get('segment'));
  const [where, from, until, direction, mark] = (['where', 'from', 'until', 'direction', 'mark'] as const).map((name) =>
    asked.get(name),
  );
  const keeps = (passage: CodedPassage): boolean =>
    (own === null || own.has(passage.codeId)) &&
    (withAlso === null || withAlso.has(textOf(passage))) &&
    (where === undefined || where === placeOf(passage) || (where === 'answers' && passage.survey !== null)) &&
    (from === undefined || passage.day >= from) &&
    (until === undefined || passage.day <= until) &&
    (direction === undefined || (passage.direction ?? 'unsaid') === direction) &&
    (mark === undefined || (mark === 'important' ? passage.isImportant : passage.isExample) === 1) &&
    inSegment(passage);
  const query = (without?: Name) => new URLSearchParams([...asked].filter(([name]) => name !== without)).toString();
  const make = fieldMaker(Object.fromEntries(asked), []);
  const any = { value: '', label: 'Any' };
  return {
    codes,
    within,
    passages: all.filter(keeps),
    all: all.length,
    words: asked.get('words') ?? '',
    fields: names
      .filter((name) => name !== 'segment' || segments.length > 0)
      .map((name) =>
        choices[name]
          ? make.select(name, HEADINGS[name], [any, ...choices[name]])
          : make.text(name, HEADINGS[name], name === 'words' ? {} : { type: 'date' }),
      ),
    active: [...asked].map(([name, value]) => ({
      text: `${HEADINGS[name]}: ${choices[name]?.find((one) => one.value === value)?.label.replace(/^(– )+/, '') ?? value}`,
      query: query(name),
    })),
    faults,
    query: query(),
    whereOf,
  };
}

/** What people said themselves: what whoever asked them said tells nothing of how common something is. */
export const ownOnly = (filter: PassageFilter): PassageFilter => ({
  ...filter,
  passages: filter.passages.filter(({ isOwn }) => isOwn),
});

/** True for passages of whoever is in the segment asked for, or in none of its segmentation. */
async function segmentTest(
  { verbatim }: House,
  study: EnteredStudy,
  asked: string | undefined,
): Promise<(passage: CodedPassage) => boolean> {
  const [kind, id = ''] = (asked ?? '').split(' ');
  if (kind !== 'segment' && kind !== 'none') return () => true;
  const standing = (await verbatim.interviewees.standing(study)).find(({ segmentation, segments }) =>
    kind === 'none' ? segmentation.publicId === id : segments.some(({ publicId }) => publicId === id),
  );
  const places = standing && (await verbatim.codedAnalysis.places(study, standing.segmentation.publicId));
  if (!places) return () => false;
  return (passage) => places.of(passage) === (kind === 'none' ? null : id);
}

/** What the filters of a page show: the fields, what is in use with a way to take it away, and what was passed over. */
export const filterView = (filter: PassageFilter, at: string) => ({
  action: at,
  fields: filter.fields,
  isFiltered: filter.query !== '',
  all: at,
  active: filter.active.map(({ text, query }) => ({ text, href: query === '' ? at : `${at}?${query}` })),
  faults: filter.faults,
});
