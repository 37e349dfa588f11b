import { Problem } from '../../model/problem.ts';
import type { KeptGuide } from '../../services/guides.ts';
import { INTERVIEW_MODES } from '../../services/interview-form.ts';
import type { Interview } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { roundNotice } from './agreement-place.ts';
import { answerRefused, buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { interviewListDoor } from './interview-list.ts';
import { interviewAddress, interviewOf } from './interview-place.ts';
import { interviewPlanDoor } from './interview-plan.ts';
import { interviewPage, OPENING } from './interview-view.ts';
import { readLongWords } from './upload.ts';

/** Interviews: logged and read. */
export function interviewDoor(door: Doorway, house: House): void {
  interviewListDoor(door, house);
  interviewPlanDoor(door, house);
  const { verbatim } = house;
  const { consents, guides, interviewNotes, interviews, interviewees } = verbatim;

  const newPage = (study: EnteredStudy, known: readonly KeptGuide[]) => ({
    head: head(
      [
        { label: study.name, href: studyAddress(study) },
        { label: 'Interviews', href: `${studyAddress(study)}/interviews` },
      ],
      'Log an interview',
      null,
      [{ label: 'Bring in a transcript', href: `${studyAddress(study)}/transcripts/new`, isPrimary: false }],
    ),
    action: `${studyAddress(study)}/interviews/new`,
    isUpload: true,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.text('participant', 'Whom did you speak with?', {
        isRequired: true,
        hint: 'A number or a made-up name, such as P07',
      }),
      make.text('person', 'Their id', {
        hint: 'If this workspace knows them: the id that stands among People. Rules can then ask for codes in their interviews',
      }),
      make.text('title', 'Title', { hint: 'Left empty, it is named after the participant' }),
      make.text('heldOn', 'On which day?', { isRequired: true, type: 'date', isShort: true }),
      make.select(
        'mode',
        'How did you speak?',
        INTERVIEW_MODES.map((mode) => ({ value: mode, label: mode })),
        { isRequired: true },
      ),
      known.length > 0
        ? make.select('guide', 'Guide', [
            { value: '', label: 'None' },
            ...known.map(({ publicId, title }) => ({ value: publicId, label: title })),
          ])
        : make.text('guide', 'Guide', { hint: 'Which guide you followed, if any' }),
      make.area('moment', 'The moment it began', { rows: 3, hint: `In their own words, the answer to: “${OPENING}”` }),
      make.area('transcript', 'Transcript or notes', {
        rows: 16,
        isRequired: true,
        hint: 'One turn a line, “Name: what they said”, with a time before the name if you have one. Plain notes do as well',
      }),
      make.boxes('mayQuote', 'Consent', [{ value: '1', label: 'They agreed that their words may be quoted' }]),
    ],
    buttons: buttons('Log the interview', { label: 'Cancel', href: `${studyAddress(study)}/interviews` }),
  });
  door.get('/studio/:study/interviews/new', 'researcher', async (visit, _req, res) =>
    showForm(house, visit, res, 'interviews', newPage(visit.study, await guides.list(visit.study)), {
      mode: 'in person',
    }),
  );
  door.post('/studio/:study/interviews/new', 'researcher', readLongWords(), async (visit, req, res) => {
    const form = formOf(req);
    const text = (name: string) => field(form, name);
    const logged = await interviews.log(
      visit.study,
      {
        participant: text('participant'),
        person: text('person'),
        title: text('title'),
        heldOn: text('heldOn'),
        mode: text('mode'),
        guide: text('guide'),
        moment: text('moment'),
        transcript: text('transcript'),
        mayQuote: text('mayQuote') === '1',
      },
      { userId: visit.user.id },
    );
    if ('errors' in logged)
      return showForm(
        house,
        visit,
        res,
        'interviews',
        newPage(visit.study, await guides.list(visit.study)),
        form,
        new Problem('invalid', 'There is something to look at', { errors: logged.errors }),
      );
    res.redirect(303, `${studyAddress(visit.study)}/interviews/${logged.interview.publicId}`);
  });

  async function showInterview(
    visit: StudyVisit,
    res: Parameters<typeof showPage>[2],
    interview: Interview,
    typed: Record<string, string>,
    problem: Problem | null,
  ): Promise<void> {
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'interviews', 'studio/interview', {
      ...(await interviewPage(house, visit.study, interview, typed, problem)),
      asked: await roundNotice(house, visit, interview.publicId),
    });
  }

  door.get('/studio/:study/interviews/:interview', 'researcher', async (visit, req, res) =>
    showInterview(visit, res, await interviewOf(house, visit.study, req), {}, null),
  );

  door.post('/studio/:study/interviews/:interview/person', 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    const person = field(formOf(req), 'person');
    try {
      await interviews.link(visit.study, interview, person);
      await interviewees.toPerson(visit.study, await interviewOf(house, visit.study, req));
      res.redirect(303, `${studyAddress(visit.study)}/interviews/${interview.publicId}#whose`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showInterview(visit, res, interview, { person }, error);
    }
  });

  door.post('/studio/:study/interviews/:interview/moment', 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    const moment = field(formOf(req), 'moment');
    try {
      await interviewNotes.setMoment(visit.study, interview, moment, { userId: visit.user.id });
      res.redirect(303, `${interviewAddress(visit.study, interview)}#moment`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showInterview(visit, res, interview, { moment }, error);
    }
  });

  door.post('/studio/:study/interviews/:interview/segment', 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    const form = formOf(req);
    const said = { segment: field(form, 'segment'), note: field(form, 'note') };
    try {
      await interviewees.screen(visit.study, interview, said, { userId: visit.user.id });
      res.redirect(303, `${studyAddress(visit.study)}/interviews/${interview.publicId}#segments`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showInterview(visit, res, interview, said, error);
    }
  });

  door.post('/studio/:study/interviews/:interview/withdraw', 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    if (field(formOf(req), 'withdraw') !== '1') {
      const problem = new Problem('invalid', 'Nothing was deleted', {
        errors: [{ pointer: '#/withdraw', detail: 'Tick that the words are to be deleted' }],
      });
      return showInterview(visit, res, interview, {}, problem);
    }
    await consents.withdraw(visit.study, interview, { userId: visit.user.id });
    res.redirect(303, `${studyAddress(visit.study)}/interviews/${interview.publicId}`);
  });
}
