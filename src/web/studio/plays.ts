import type { Request, Response } from 'express';
import { writeCsv } from '../../exchange/delimited.ts';
import type { Form } from '../../model/answers.ts';
import type { Problem } from '../../model/problem.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { showDate } from '../../render/helpers.ts';
import type { Play } from '../../services/plays.ts';
import type { House } from '../app.ts';
import { contentDisposition } from '../content-disposition.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { buttons, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { ruleKnown } from './rule-known.ts';
import { countView, ruleSentences } from './rule-view.ts';
import { needsView } from './segment-examples-view.ts';
import { surveyAddress, surveyNames, surveyTitle } from './surveys.ts';

/** More people than this are for a file, not for a page. */
const PEOPLE_SHOWN = 100;
/** Names are looked up for so many at once. */
const ROWS_AT_ONCE = 500;
const PLAY = '/studio/:study/plays/:play';
const addressOf = (study: { publicId: string }): string => `${studyAddress(study)}/plays`;
const number = (n: number): string => n.toLocaleString('en-GB');

/** Ready plays: a group of people, what to ask them, and the list of who fits now. */
export function playDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, plays, segments } = verbatim;

  const templateNames = () =>
    new Map(
      verbatim.surveys.templateGroups().flatMap(({ templates }) => templates.map(({ code, name }) => [code, name])),
    );
  const segmentNames = async (study: EnteredStudy) =>
    new Map((await store.segments.list(study.id)).map(({ publicId, name }) => [publicId, name]));
  const crumbs = (study: EnteredStudy) => [
    { label: study.name, href: studyAddress(study) },
    { label: 'Plays', href: addressOf(study) },
  ];

  door.get('/studio/:study/plays', 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    const known = await ruleKnown(house, study);
    const names = templateNames();
    const surveys = surveyNames(await store.surveys.list(study.id));
    const segmentsById = new Map((await store.segments.list(study.id)).map((segment) => [segment.id, segment]));
    const started = (await store.plays.list(study.id)).filter(({ segmentId }) => segmentsById.has(segmentId));
    const cell = (text: string, href: string | null = null) => ({ text, href, isNumber: false });
    await showPage(house, visit, res, 'plays', 'studio/plays', {
      head: head(
        [{ label: study.name, href: studyAddress(study) }],
        'Plays',
        'A group of people worth asking something, what to ask them, and the list of who fits now. Started in one step; every part is yours to change.',
      ),
      started:
        started.length === 0
          ? null
          : {
              caption: 'Started',
              isStacked: true,
              columns: ['Play', 'Asked by', 'Started'].map((label) => ({ label, isNumber: false })),
              rows: started.map((play) => ({
                cells: [
                  cell(segmentsById.get(play.segmentId)?.name ?? '', `${addressOf(study)}/${play.publicId}`),
                  cell(
                    play.surveyId !== null
                      ? `survey: ${surveys.get(play.surveyId) ?? ''}`
                      : play.guide !== null
                        ? 'interviews'
                        : 'a list',
                  ),
                  cell(showDate(play.createdAt)),
                ],
              })),
            },
      plays: plays.list().map(({ code, purpose, usual, example, guide, survey }) => {
        const needs = needsView(example, known, names);
        return {
          name: example.name,
          explanation: example.explanation,
          purpose,
          asks:
            usual === 'survey'
              ? `Survey: ${survey.questions.map(({ text }) => `“${text['en']}”`).join(' ')}`
              : `Interviews along the guide “${guide.title}”`,
          needs,
          isReady: needs.every(({ isHere }) => isHere),
          href: `${addressOf(study)}/start/${code}`,
        };
      }),
    });
  });

  async function showStart(visit: StudyVisit, res: Response, play: Play, form: Form, problem: Problem | null = null) {
    const { study } = visit;
    const { example, survey, guide } = play;
    const names = await segmentNames(study);
    await showForm(
      house,
      visit,
      res,
      'plays',
      {
        view: 'studio/play-start',
        head: head(crumbs(study), `Start “${example.name}”`, play.purpose),
        action: `${addressOf(study)}/start/${play.code}`,
        fields: (make) => [
          make.text('name', 'Name of the segment', { isRequired: true }),
          make.radios(
            'ask',
            'They are asked by',
            [
              {
                value: 'survey',
                label: 'A survey',
                hint: `A draft with ${survey.questions.map(({ text }) => `“${text['en']}”`).join(' and ')}, aimed at them. Nothing is sent before you publish it`,
              },
              {
                value: 'guide',
                label: 'Interviews',
                hint: `Along the guide “${guide.title}”: ${guide.parts.map(({ title }) => title.toLowerCase()).join(', ')}`,
              },
              { value: 'list', label: 'Something else', hint: 'You get the list' },
            ],
            { isRequired: true },
          ),
        ],
        buttons: buttons('Start', { label: 'Cancel', href: addressOf(study) }),
        more: {
          explanation: example.explanation,
          sentences: ruleSentences(example.rule, names),
          needs: needsView(example, await ruleKnown(house, study), templateNames()),
          count: await countView(house, study, await segments.count(study, example.rule, null), 'person'),
        },
      },
      form,
      problem,
    );
  }

  door.get('/studio/:study/plays/start/:code', 'researcher', async (visit, req, res) => {
    const play = plays.find(String(req.params['code']));
    await showStart(visit, res, play, { name: play.example.name, ask: play.usual });
  });

  door.post('/studio/:study/plays/start/:code', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const play = plays.find(String(req.params['code']));
    const form = formOf(req);
    try {
      const asked = { name: field(form, 'name'), ask: field(form, 'ask') };
      const started = await plays.start(study, play.code, asked, { userId: visit.user.id });
      res.redirect(303, `${addressOf(study)}/${started.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showStart(visit, res, play, form, error);
    }
  });

  const openPlay = (study: EnteredStudy, req: Request) => plays.open(study, String(req.params['play']));

  door.get(PLAY, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const { play, segment, survey, guide, purpose } = await openPlay(study, req);
    const at = `${addressOf(study)}/${play.publicId}`;
    const { people, admitted } = await plays.people(study, segment);
    const shown = admitted.slice(0, PEOPLE_SHOWN);
    const identities = await store.people.identities(shown.map(({ id }) => id));
    const names = await segmentNames(study);
    await showPage(house, visit, res, 'plays', 'studio/play', {
      head: head(crumbs(study), segment.name, purpose),
      facts: [
        { label: 'People who fit now', value: number(people.admitted), note: `of ${number(people.all)}` },
        { label: 'Unknown', value: number(people.unknown), note: 'too little is known of them' },
        { label: 'Started', value: showDate(play.createdAt), note: null },
      ],
      segment: `${studyAddress(study)}/segments/${segment.publicId}`,
      sentences: ruleSentences(JSON.parse(segment.rule ?? '{"all":[]}'), names),
      survey: survey && {
        href: surveyAddress(study, survey),
        title: surveyTitle(survey),
        state: survey.publishedVersionId === null ? 'A draft: nobody is asked before you publish it.' : 'Published.',
        questions: survey.draft.pages
          .flatMap(({ questions }) => questions)
          .map(({ text }) => wordingIn(text, survey.draft.languages[0] ?? 'en', survey.draft.languages)),
      },
      guide,
      interviews: `${studyAddress(study)}/interviews/new`,
      csv: `${at}/people.csv`,
      more: Math.max(0, admitted.length - shown.length),
      people: {
        caption: 'Who fits now',
        columns: [{ label: 'Person', isNumber: false }],
        emptyText: 'Nobody fits just now.',
        rows: shown.map(({ id, publicId }) => ({
          cells: [
            {
              text: identities.get(id) ?? publicId,
              href: `${studyAddress(study)}/people/${publicId}`,
              isNumber: false,
            },
          ],
        })),
      },
    });
  });

  door.get(`${PLAY}/people.csv`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const { segment } = await openPlay(study, req);
    const { admitted } = await plays.people(study, segment);
    const mayIdentify = study.role === 'owner';
    const contacts = mayIdentify ? await store.contacts.contacts(study.workspaceId) : new Map<number, never>();
    const rows: (string | null)[][] = [];
    for (let from = 0; from < admitted.length; from += ROWS_AT_ONCE) {
      const part = admitted.slice(from, from + ROWS_AT_ONCE);
      const ids = mayIdentify ? part.map(({ id }) => id) : [];
      const identities = await store.people.identities(ids);
      for (const { id, publicId } of part) {
        const contact = contacts.get(id);
        const named = [identities.get(id) ?? null, contact?.name ?? null, contact?.address ?? null];
        rows.push([publicId, ...(mayIdentify ? named : [])]);
      }
    }
    res.setHeader('Content-Disposition', contentDisposition(`${segment.name}.csv`));
    res.setHeader('Cache-Control', 'private, no-store');
    res.type('text/csv; charset=utf-8');
    res.send(writeCsv(['person', ...(mayIdentify ? ['id', 'name', 'email'] : [])], rows));
  });
}
