import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { Trace } from '../../rules/decide.ts';
import { describeLeaf } from '../../rules/describe-leaf.ts';
import type { House } from '../app.ts';
import type { Doorway } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { surveyNames } from './surveys.ts';

const PAGE_ROWS = 100;

/** The people of the workspace, what is known of each, and why a survey is or is not offered to them. */
export function peopleDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store } = verbatim;

  door.get('/studio/:study/people', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const after = Math.max(0, Math.trunc(Number(queryOf(req, 'after')) || 0));
    const people = await store.people.list(study.workspaceId, after, PAGE_ROWS + 1);
    const shown = people.slice(0, PAGE_ROWS);
    const last = shown.at(-1);
    await showPage(house, visit, res, 'people', 'studio/list', {
      head: head(
        [{ label: study.name, href: studyAddress(study) }],
        'People',
        'Whom this workspace knows, by the id they came with.',
        [{ label: 'Sources of events', href: `${studyAddress(study)}/sources`, isPrimary: false }],
      ),
      table: {
        caption: 'People of this workspace',
        isCaptionHidden: true,
        columns: [
          { label: 'Person', isNumber: false },
          { label: 'Known since', isNumber: false },
        ],
        rows: shown.map((person) => ({
          cells: [
            {
              text: person.identity ?? person.publicId,
              href: `${studyAddress(study)}/people/${person.publicId}`,
              isNumber: false,
            },
            { text: showDate(person.createdAt), href: null, isNumber: false },
          ],
        })),
      },
      isEmpty: people.length === 0,
      empty: {
        title: 'Nobody is known yet',
        text: 'People come with an import that has an id column, or from programs that tell of them.',
        action: null,
      },
      more:
        people.length > PAGE_ROWS && last
          ? [{ label: 'More people', href: `${studyAddress(study)}/people?after=${last.id}` }]
          : [],
    });
  });

  door.get('/studio/:study/people/:person', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const person = await store.people.find(study.workspaceId, String(req.params['person']));
    if (!person) throw new Problem('not-found', 'There is no such person in this workspace');
    const attributes = await store.people.attributesOf(person.id);
    const offers = [];
    const surveys = await store.surveys.list(study.id);
    const names = surveyNames(surveys);
    for (const survey of surveys) {
      const audience = await verbatim.targeting.audienceOf(survey);
      if (!audience) continue;
      const trace = await verbatim.targeting.explain(study.id, person.id, audience.rule);
      offers.push({
        survey: names.get(survey.id),
        rule: audience.segment.name,
        verdict:
          trace.truth === true ? 'offered' : trace.truth === false ? 'not offered' : 'not offered: too little is known',
        lines: explained(trace),
      });
    }
    await showPage(house, visit, res, 'people', 'studio/person', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'People', href: `${studyAddress(study)}/people` },
        ],
        `Person ${person.publicId.slice(0, 8)}`,
      ),
      table: {
        caption: 'What is known',
        columns: [
          { label: 'What', isNumber: false },
          { label: 'Value', isNumber: false },
          { label: 'Family', isNumber: false },
          { label: 'From', isNumber: false },
          { label: 'Since', isNumber: false },
        ],
        emptyText: 'Nothing is known of this person.',
        rows: [...attributes].map(([name, known]) => ({
          cells: [
            { text: name.replaceAll('_', ' '), href: null, isNumber: false },
            {
              text: Array.isArray(known.value) ? known.value.join(', ') : String(known.value),
              href: null,
              isNumber: false,
            },
            { text: known.family, href: null, isNumber: false },
            { text: known.source, href: null, isNumber: false },
            { text: showDate(known.recordedAt), href: null, isNumber: false },
          ],
        })),
      },
      offers,
    });
  });
}

const TRUTHS = { true: 'yes', false: 'no', null: 'unknown' };

/** A decision leaf by leaf, in words. */
export function explained(trace: Trace): { text: string; truth: string }[] {
  if (trace.kind !== 'leaf')
    return trace.parts.flatMap((part) =>
      explained(part).map((line) => (trace.kind === 'not' ? { ...line, text: `not: ${line.text}` } : line)),
    );
  const found = trace.wasMissing
    ? 'nothing is known'
    : `it is ${Array.isArray(trace.found) ? trace.found.join(', ') : String(trace.found)}`;
  return [
    {
      text: `${describeLeaf(trace.leaf)}: ${found}`,
      truth: TRUTHS[String(trace.truth) as keyof typeof TRUTHS],
    },
  ];
}
