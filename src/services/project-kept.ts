import { guidFor } from '../exchange/refi-qda/guid.ts';
import type { LossLedger } from '../exchange/refi-qda/loss-ledger.ts';
import {
  codesIn,
  type Project,
  type ProjectGraph,
  type ProjectLink,
  type ProjectSet,
  type ProjectSource,
  type ProjectVariable,
} from '../exchange/refi-qda/project.ts';
import type { Audience } from '../privacy/audience.ts';
import type { Interview } from '../store/notes.ts';
import type { KeptElement } from '../store/project-exchange.ts';
import type { ExchangedText } from './project-texts.ts';

export const byGuid = (one: { guid: string }, other: { guid: string }): number => (one.guid < other.guid ? -1 : 1);

/** What came with projects from elsewhere and goes out again, and what of ours goes the same way. */
export type Kept = {
  users: { guid: string; name: string }[];
  makers: Map<string, string>;
  variables: ProjectVariable[];
  values: { variable: string; subjectId: string; value: string }[];
  cases: { guid: string; subjectId: string; description: string }[];
  sets: ProjectSet[];
  links: ProjectLink[];
  graphs: ProjectGraph[];
  codings: (KeptElement & { coding: ProjectSource['codings'][number] })[];
};

/** Reads what was kept. */
export function keptOf(elements: readonly KeptElement[]): Kept {
  const of = (kind: string) => elements.filter((element) => element.kind === kind);
  const bodyOf = <Body>({ body }: KeptElement): Body => JSON.parse(body) as Body;
  return {
    users: of('user').map((one) => ({ guid: one.guid, ...bodyOf<{ name: string }>(one) })),
    makers: new Map(of('maker').map(({ subjectId, guid }) => [subjectId, guid])),
    variables: of('variable').map((one) => ({ guid: one.guid, ...bodyOf<Omit<ProjectVariable, 'guid'>>(one) })),
    values: of('value').map((one) => ({
      variable: one.guid,
      subjectId: one.subjectId,
      ...bodyOf<{ value: string }>(one),
    })),
    cases: of('case').map((one) => ({
      guid: one.guid,
      subjectId: one.subjectId,
      ...bodyOf<{ description: string }>(one),
    })),
    sets: of('set').map((one) => bodyOf<ProjectSet>(one)),
    links: of('link').map((one) => bodyOf<ProjectLink>(one)),
    graphs: of('graph').map((one) => bodyOf<ProjectGraph>(one)),
    codings: of('source-coding').map((one) => ({ ...one, coding: bodyOf(one) })),
  };
}

/** Whose texts are: one case for each person, or those that the texts came with. */
export function addCases(
  people: readonly { interview: Interview; guid: string; name: string }[],
  out: ReadonlyMap<string, { text: ExchangedText; source: ProjectSource }>,
  project: Project,
  kept: Kept,
): void {
  const cases = new Map<string, Project['cases'][number]>();
  for (const { interview, guid, name } of people) {
    const came = kept.cases.find(({ subjectId }) => subjectId === interview.publicId);
    const own = came?.guid ?? guidFor('case', guid);
    const values = kept.values
      .filter(({ subjectId }) => subjectId === interview.publicId)
      .map(({ variable, value }) => ({ variable, value }))
      .sort((one, other) => (one.variable < other.variable ? -1 : 1));
    const known = cases.get(own);
    if (known) {
      known.sources.push(guid);
      for (const value of values)
        if (!known.values.some(({ variable }) => variable === value.variable)) known.values.push(value);
    } else
      cases.set(own, {
        guid: own,
        name,
        description: came?.description ?? '',
        codes: [],
        values,
        sources: [guid],
        selections: [],
      });
  }
  for (const { text, source } of out.values())
    if (text.kind === 'response')
      cases.set(text.guid, {
        guid: guidFor('case', text.guid),
        name: source.name,
        description: '',
        codes: [],
        values: [],
        sources: [text.guid],
        selections: [],
      });
  project.cases = [...cases.values()];
  const used = new Set(project.cases.flatMap(({ values }) => values.map(({ variable }) => variable)));
  project.variables = kept.variables.filter(({ guid }) => used.has(guid)).sort(byGuid);
  for (const { subjectId, coding } of kept.codings) out.get(subjectId)?.source.codings.push(coding);
}

/** Sets, links and graphs, as far as what they point to goes out. */
export function addKept(project: Project, kept: Kept, ledger: LossLedger): void {
  const sources = new Set(project.cases.flatMap(({ sources: own }) => own));
  const notes = new Set(project.notes.map(({ guid }) => guid));
  const codes = new Set(codesIn(project.codes).map(({ guid }) => guid));
  project.sets = kept.sets
    .map((set) => ({
      ...set,
      codes: set.codes.filter((guid) => codes.has(guid)),
      sources: set.sources.filter((guid) => sources.has(guid)),
      notes: set.notes.filter((guid) => notes.has(guid)),
    }))
    .filter((set) => set.codes.length + set.sources.length + set.notes.length > 0)
    .sort(byGuid);
  ledger.kept('Sets', project.sets.length);
  ledger.leftOut('Sets', 'nothing of it goes out', kept.sets.length - project.sets.length);
  project.links = kept.links
    .map((link) => ({ ...link, notes: link.notes.filter((guid) => notes.has(guid)) }))
    .sort(byGuid);
  ledger.kept('Links', project.links.length);
  project.graphs = kept.graphs.toSorted(byGuid);
  ledger.kept('Graphs', project.graphs.length);
}

/** What came with files and may say who somebody is goes only to the study's own people. */
export function leaveInside(kept: Kept, audience: Audience, ledger: LossLedger): void {
  ledger.leftOut('Values of variables', 'it came with a file and may say who somebody is', kept.values.length);
  kept.values = [];
  kept.variables = [];
  kept.cases = kept.cases.map((one) => ({ ...one, description: '' }));
  if (audience === 'public') kept.sets = kept.sets.map((set) => ({ ...set, sources: [] }));
}
