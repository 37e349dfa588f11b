import { BUYING_ROLES } from '../../model/buying-role.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { Trace } from '../../rules/decide.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { head, showPage, studyAddress } from './frame.ts';
import { personPlacements } from './person-placements.ts';
import { aboutView, entryView } from './person-view.ts';
import { leafWords, ruleNames } from './rule-words.ts';
import { saidView } from './said-view.ts';
import { surveyNames } from './surveys.ts';

const PAGE_ROWS = 100;
const PAGE_ENTRIES = 50;
const WORDS_MAX = 200;
/** A page would rather show what was true a moment ago than wait for a large import. */
const SETTLE_MS = 300;

/** The people of the workspace, what is known of each, and why a survey is or is not offered to them. */
export function peopleDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store } = verbatim;

  door.get('/studio/:study/people', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const at = `${studyAddress(study)}/people`;
    const after = Math.max(0, Math.trunc(Number(queryOf(req, 'after')) || 0));
    const words = queryOf(req, 'find').trim().slice(0, WORDS_MAX);
    const people =
      words === ''
        ? await store.people.list(study.workspaceId, after, PAGE_ROWS + 1)
        : await store.peopleSearch.find(study.workspaceId, words, after, PAGE_ROWS + 1);
    const count =
      words === ''
        ? await store.people.count(study.workspaceId)
        : await store.peopleSearch.count(study.workspaceId, words);
    const shown = people.slice(0, PAGE_ROWS);
    const last = shown.at(-1);
    const contacts = await store.peopleSearch.contacts(shown.map(({ id }) => id));
    await showPage(house, visit, res, 'people', 'studio/people', {
      head: head(
        [{ label: study.name, href: studyAddress(study) }],
        'People',
        'Whom this workspace knows, by the id they came with.',
        [
          { label: 'Computed attributes', href: `${studyAddress(study)}/computed`, isPrimary: false },
          { label: 'Companies', href: `${studyAddress(study)}/companies`, isPrimary: false },
          { label: 'Sources of events', href: `${studyAddress(study)}/sources`, isPrimary: false },
          { label: 'Import people', href: `${at}/import`, isPrimary: false },
          ...(study.role === 'owner'
            ? [
                { label: 'Key table', href: `${studyAddress(study)}/key-table`, isPrimary: false },
                {
                  label: 'Impact on data protection',
                  href: `${studyAddress(study)}/impact-assessment`,
                  isPrimary: false,
                },
              ]
            : []),
        ],
      ),
      action: at,
      find: words,
      found: `${count.toLocaleString('en-GB')} ${count === 1 ? 'person' : 'people'}${words === '' ? '' : ' found'}`,
      table: {
        caption: 'People of this workspace',
        isCaptionHidden: true,
        isStacked: true,
        columns: ['Person', 'Name', 'E-mail', 'Known since'].map((label) => ({ label, isNumber: false })),
        rows: shown.map(({ id, publicId, identity, createdAt }) => ({
          cells: [
            { text: identity ?? publicId, href: `${at}/${publicId}`, isNumber: false },
            { text: contacts.get(id)?.name ?? '', href: null, isNumber: false },
            { text: contacts.get(id)?.address ?? '', href: null, isNumber: false },
            { text: showDate(createdAt), href: null, isNumber: false },
          ],
        })),
      },
      isEmpty: shown.length === 0,
      empty:
        words === ''
          ? {
              title: 'Nobody is known yet',
              text: 'People come from a file, with an import of answers that has an id column, or from programs that tell of them.',
              action: null,
            }
          : { title: 'Nobody is found', text: 'Try a part of an id, of a name or of an e-mail address.', action: null },
      more:
        people.length > PAGE_ROWS && last
          ? [
              {
                label: 'More people',
                href: `${at}?${words === '' ? '' : `find=${encodeURIComponent(words)}&`}after=${last.id}`,
              },
            ]
          : [],
    });
  });

  async function offersOf(study: StudyVisit['study'], personId: number, surveys: readonly SurveyRow[]) {
    const names = surveyNames(surveys);
    const offers = [];
    for (const survey of surveys) {
      const audience = await verbatim.targeting.audienceOf(survey);
      if (!audience) continue;
      const trace = await verbatim.targeting.explain(study.id, personId, audience.rule);
      offers.push({
        survey: names.get(survey.id) ?? '',
        rule: audience.segment.name,
        verdict:
          trace.truth === true ? 'offered' : trace.truth === false ? 'not offered' : 'not offered: too little is known',
        lines: explained(trace, await ruleNames(house, study, audience.rule)),
      });
    }
    return offers;
  }

  door.get('/studio/:study/people/:person', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const at = studyAddress(study);
    const person = await store.people.find(study.workspaceId, String(req.params['person']));
    if (!person) throw new Problem('not-found', 'There is no such person in this workspace');
    const [canonicalId = person.id] = await store.people.sameAs(person.id);
    if (canonicalId !== person.id) {
      const today = await store.contacts.personById(canonicalId);
      return res.redirect(303, `${at}/people/${today?.publicId ?? ''}`);
    }
    await verbatim.logs.settle(SETTLE_MS);
    const own = `${at}/people/${person.publicId}`;
    const before = queryOf(req, 'before');
    const surveys = await store.surveys.list(study.id);
    const names = surveyNames(surveys);
    const titles = new Map(surveys.map(({ id, publicId }) => [publicId, names.get(id) ?? '']));
    const { entries, next } = await verbatim.personTimeline.timeline(study, person, before, PAGE_ENTRIES);
    await showPage(house, visit, res, 'people', 'studio/person', {
      head: head(
        [
          { label: study.name, href: at },
          { label: 'People', href: `${at}/people` },
        ],
        `Person ${(await store.people.identities([person.id])).get(person.id) ?? person.publicId.slice(0, 8)}`,
        null,
        study.role === 'owner'
          ? [{ label: 'Everything kept, and erasing it', href: `${own}/kept`, isPrimary: false }]
          : [],
      ),
      ...aboutView(at, await verbatim.personTimeline.about(study, person)),
      placements: await personPlacements(house, study, await store.people.sameAs(person.id)),
      own,
      roles: [...new Set([...BUYING_ROLES, ...(await store.companies.roles(study.workspaceId))])],
      entries: entries.map((entry) => entryView(at, entry, titles)),
      newest: before === '' ? null : `${own}#timeline`,
      older: next === null ? null : `${own}?before=${encodeURIComponent(next)}#timeline`,
      offers: await offersOf(study, person.id, surveys),
      said: saidView(
        await verbatim.saidValues.ofPerson(study, await store.people.sameAs(person.id)),
        await verbatim.saidValues.agreements(study),
      ),
    });
  });

  door.post('/studio/:study/people/:person/role', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    const person = await store.people.find(study.workspaceId, String(req.params['person']));
    if (!person) throw new Problem('not-found', 'There is no such person in this workspace');
    const [company, role] = [field(form, 'company'), field(form, 'role')];
    await verbatim.personTimeline.setRole(study, person, company, role, visit.user.name);
    res.redirect(303, `${studyAddress(study)}/people/${person.publicId}#known`);
  });
}

const TRUTHS = { true: 'yes', false: 'no', null: 'unknown' };

/** A decision leaf by leaf, in words. */
export function explained(
  trace: Trace,
  names: ReadonlyMap<string, string> = new Map(),
): { text: string; truth: string }[] {
  if (trace.kind !== 'leaf')
    return trace.parts.flatMap((part) =>
      explained(part, names).map((line) => (trace.kind === 'not' ? { ...line, text: `not: ${line.text}` } : line)),
    );
  const found = trace.wasMissing
    ? 'nothing is known'
    : `it is ${Array.isArray(trace.found) ? trace.found.join(', ') : String(trace.found)}`;
  return [
    {
      text: `${leafWords(trace.leaf, names)}: ${found}`,
      truth: TRUTHS[String(trace.truth) as keyof typeof TRUTHS],
    },
  ];
}
