import type { Request, Response } from 'express';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { Erased } from '../../services/erasure.ts';
import type { PersonalRecord } from '../../services/personal-records.ts';
import type { Person } from '../../store/people.ts';
import type { House } from '../app.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { statusOf } from '../errors.ts';
import { field, formOf } from '../form.ts';
import { insistFresh } from '../fresh.ts';
import { head, showPage, studyAddress } from './frame.ts';

const KEPT = '/studio/:study/people/:person/kept';
const ONE = '/studio/:study/responses/:response/erase';

/** Everything that is kept about a person, to be handed to them, and the end of it; the end of one response as well. */
export function personalRecordDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store } = verbatim;

  async function personOf({ study }: StudyVisit, req: Request): Promise<Person> {
    const person = await store.people.find(study.workspaceId, String(req.params['person']));
    if (!person) throw new Problem('not-found', 'There is no such person in this workspace');
    const [canonicalId = person.id] = await store.people.sameAs(person.id);
    if (canonicalId === person.id) return person;
    const today = await store.contacts.personById(canonicalId);
    return (today && (await store.people.find(study.workspaceId, today.publicId))) ?? person;
  }
  const recordOf = async ({ user }: StudyVisit, person: Person): Promise<PersonalRecord> =>
    verbatim.personalRecords.of(person, await verbatim.erasure.ownedBy(user.id));

  async function show(visit: StudyVisit, res: Response, person: Person, problem: Problem | null = null): Promise<void> {
    const { study } = visit;
    const at = studyAddress(study);
    const own = `${at}/people/${person.publicId}`;
    const isErased = person.erasedAt !== null;
    const record = await recordOf(visit, person);
    const title = (await store.people.identities([person.id])).get(person.id) ?? person.publicId.slice(0, 8);
    if (problem) res.status(statusOf(problem));
    await showPage(house, visit, res, 'people', 'studio/personal-record', {
      head: head(
        [
          { label: study.name, href: at },
          { label: 'People', href: `${at}/people` },
          { label: `Person ${title}`, href: own },
        ],
        'Everything kept about this person',
        isErased ? null : 'For whoever asks what you hold about them, in words and as a file.',
        isErased
          ? []
          : [
              { label: 'Take it out to read (HTML)', href: `${own}/kept.html`, isPrimary: false },
              { label: 'Take it out as data (JSON)', href: `${own}/kept.json`, isPrimary: false },
            ],
      ),
      isError: problem !== null,
      erasedOn: isErased ? showDate(person.erasedAt ?? '') : '',
      otherStudies: record.otherStudies,
      responses: record.responses.map(responseView),
      segments: record.segments,
      personas: record.personas,
      table: {
        caption: 'What is kept, and how much of it',
        isStacked: true,
        columns: [
          { label: 'What', isNumber: false },
          { label: 'Entries', isNumber: true },
        ],
        rows: record.sections
          .filter(({ rows }) => rows.length > 0)
          .map((section) => ({
            cells: [
              { text: section.title, href: null, isNumber: false },
              { text: section.rows.length.toLocaleString('en-GB'), href: null, isNumber: true },
            ],
          })),
      },
      action: `${own}/erase`,
      holds: (await verbatim.erasure.holdsOverPerson(person)).map(holdView),
      error: problem ? `${problem.message}. ${problem.detail}` : '',
    });
  }

  door.get(KEPT, 'owner', async (visit, req, res) => show(visit, res, await personOf(visit, req)));

  door.get(`${KEPT}.json`, 'owner', async (visit, req, res) => {
    insistFresh(house, visit);
    const person = await personOf(visit, req);
    res.setHeader('Content-Disposition', `attachment; filename="person-${person.publicId.slice(0, 8)}.json"`);
    res.type('application/json').send(JSON.stringify(await recordOf(visit, person), null, 2));
  });

  door.get(`${KEPT}.html`, 'owner', async (visit, req, res) => {
    insistFresh(house, visit);
    const person = await personOf(visit, req);
    const record = await recordOf(visit, person);
    res.setHeader('Content-Disposition', `attachment; filename="person-${person.publicId.slice(0, 8)}.html"`);
    res.type('html').send(house.renderer.render('studio/personal-record-file', fileView(record)));
  });

  door.post('/studio/:study/people/:person/erase', 'owner', async (visit, req, res) => {
    insistFresh(house, visit);
    const person = await personOf(visit, req);
    const form = formOf(req);
    if (field(form, 'sure') !== 'yes') return show(visit, res, person, unsure());
    const despiteHold = field(form, 'despiteHold') === 'yes';
    if (!despiteHold && (await verbatim.erasure.holdsOverPerson(person)).length > 0)
      return show(visit, res, person, heldBack());
    const erased = await verbatim.erasure.erasePerson(person, { userId: visit.user.id }, { despiteHold });
    await showErased(visit, res, 'This person is erased', 'people', erased);
  });

  door.get(ONE, 'owner', async (visit, req, res) => askResponse(visit, req, res, null));
  door.post(ONE, 'owner', async (visit, req, res) => {
    insistFresh(house, visit);
    const response = await responseOf(visit, req);
    const form = formOf(req);
    if (field(form, 'sure') !== 'yes') return askResponse(visit, req, res, unsure());
    const despiteHold = field(form, 'despiteHold') === 'yes';
    if (!despiteHold && (await verbatim.retention.of(visit.study)).hold)
      return askResponse(visit, req, res, heldBack());
    const erased = await verbatim.erasure.eraseResponse(response.publicId, { userId: visit.user.id }, { despiteHold });
    await showErased(visit, res, 'This response is erased', 'surveys', erased);
  });

  const unsure = () =>
    new Problem('invalid', 'Nothing was erased', {
      detail: 'Tick that you are sure',
      errors: [{ pointer: '#/sure', detail: 'Tick that you are sure' }],
    });

  const heldBack = () =>
    new Problem('conflict', 'Nothing was erased', { detail: 'Tick that it is to go although a legal hold stands' });

  async function responseOf({ study }: StudyVisit, req: Request) {
    const response = await store.responses.find(study.id, String(req.params['response']));
    if (!response) throw new Problem('not-found', 'There is no such response in this study');
    return response;
  }

  async function askResponse(visit: StudyVisit, req: Request, res: Response, problem: Problem | null): Promise<void> {
    const { study } = visit;
    const response = await responseOf(visit, req);
    const own = `${studyAddress(study)}/responses/${response.publicId}`;
    if (problem) res.status(statusOf(problem));
    await showPage(house, visit, res, 'surveys', 'studio/erase-response', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'The response', href: own },
        ],
        'Erase this response',
      ),
      isError: problem !== null,
      error: problem ? `${problem.message}. ${problem.detail}` : '',
      action: `${own}/erase`,
      holds: [(await verbatim.retention.of(study)).hold].flatMap((hold) => (hold ? [holdView(hold)] : [])),
      back: own,
    });
  }

  async function showErased(
    visit: StudyVisit,
    res: Response,
    title: string,
    place: 'people' | 'surveys',
    { counts, id, isJournalEmpty }: Erased,
  ): Promise<void> {
    const at = studyAddress(visit.study);
    const rows = Object.values(counts.rows).reduce((sum, count) => sum + count, 0);
    await showPage(house, visit, res, place, 'studio/erased', {
      head: head([{ label: visit.study.name, href: at }], title),
      id,
      isJournalEmpty,
      facts: [
        { label: 'Entries deleted or emptied', value: rows.toLocaleString('en-GB'), note: null },
        { label: 'Insights that quoted them', value: counts.insights.toLocaleString('en-GB'), note: null },
        { label: 'Personas that quoted them', value: counts.personas.toLocaleString('en-GB'), note: null },
        { label: 'Memos emptied', value: counts.memos.toLocaleString('en-GB'), note: null },
        { label: 'Remarks on personas emptied', value: counts.comments.toLocaleString('en-GB'), note: null },
      ],
      written: counts.written.length,
      insights: `${at}/insights`,
      personas: `${at}/personas`,
    });
  }
}

const holdView = ({ reason, since }: { reason: string; since: string }) => ({ reason, since: showDate(since) });

const told = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

const responseView = (response: PersonalRecord['responses'][number]) => ({
  survey: response.survey,
  when: showDate(response.completedAt ?? response.startedAt, true),
  state: response.state,
  answers: response.answers.map(({ question, state, answer }) => ({
    question,
    answer: state === 'answered' ? told(answer) : `(${state})`,
  })),
});

/** A document that stands alone: what is told in words first, then every entry. */
const fileView = (record: PersonalRecord) => ({
  title: 'Everything kept about you',
  madeAt: `${showDate(record.madeAt, true)} (UTC)`,
  ids: record.person.ids,
  otherStudies: record.otherStudies,
  responses: record.responses.map(responseView),
  segments: record.segments,
  personas: record.personas,
  audit: record.audit.map(({ at, action, outcome }) => ({ at: showDate(at, true), action, outcome })),
  sections: record.sections
    .filter(({ rows }) => rows.length > 0)
    .map(({ title, rows }) => ({
      title,
      rows: rows.map((row) => ({
        pairs: Object.entries(row)
          .filter(([, value]) => value !== null && value !== '')
          .map(([name, value]) => ({ name: name.replaceAll('_', ' '), value: told(value) })),
      })),
    })),
});
