import type { Request, Response } from 'express';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import type { Mailing } from '../../store/mailings.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { letterDoor } from './distribution-letter.ts';
import { linkDoor } from './distribution-links.ts';
import { BASE, crumbs, rulesOf, waveOf } from './distribution-place.ts';
import { distributionPage, mailingPage, mailingProgress } from './distribution-view.ts';
import {
  answerRefused,
  buttons,
  fieldMaker,
  head,
  isForForm,
  PAGE_WAIT_MS,
  showForm,
  showPage,
  studyAddress,
  summaryOf,
} from './frame.ts';
import { surveyAddress, surveyOf } from './surveys.ts';
import { readUpload } from './upload.ts';

/** More than these are for a search, not for a page. */
const BOUNCES_SHOWN = 500;

/** Bringing a survey to people: letters, reminders, those that came back, links in a file and as a picture. */
export function distributionDoor(door: Doorway, house: House): void {
  const { verbatim, publicUrl } = house;
  const { distribution, store } = verbatim;
  const upload = readUpload({ fileSize: 5 * 1024 * 1024, files: 1, fields: 20, fieldSize: 1024 * 1024 }, 'file');
  letterDoor(door, house);
  linkDoor(door, house);

  async function mailingOf(survey: SurveyRow, req: Request): Promise<Mailing> {
    const mailing = await store.mailings.find(survey.id, String(req.params['mailing']));
    if (!mailing) throw new Problem('not-found', 'There is no such mailing of this survey');
    return mailing;
  }

  async function showOverview(
    visit: StudyVisit,
    survey: SurveyRow,
    req: Request,
    res: Response,
    typed: { form: Form; problem: Problem } | null = null,
  ): Promise<void> {
    const { study } = visit;
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const { remindersMax, daysBetween } = await store.mailings.settings(survey.id);
    const values = typed?.form ?? { reminders: String(remindersMax), days: String(daysBetween) };
    const make = fieldMaker(values, typed?.problem.errors ?? []);
    const fields = [
      make.text('reminders', 'Reminders at most', { type: 'number', isShort: true, isRequired: true }),
      make.text('days', 'Days between two letters, at least', { type: 'number', isShort: true, isRequired: true }),
    ];
    if (typed) answerRefused(res, typed.problem);
    const wave = await waveOf(house, survey, queryOf(req, 'wave'));
    const audience = await verbatim.targeting.audienceOf(survey);
    await showPage(
      house,
      visit,
      res,
      'surveys',
      'studio/distribution',
      distributionPage({
        head: head(crumbs(study, survey).slice(0, 2), 'Distribution', null, []),
        at: `${surveyAddress(study, survey)}/distribution`,
        mayWrite: study.role !== 'viewer',
        isPublished: survey.publishedVersionId !== null,
        address: publicUrl ? `${publicUrl}/s/${survey.slug}` : null,
        post: distribution.post(),
        wave,
        lastWave: Math.max(wave, await store.mailings.lastWave(survey.id)),
        numbers: await distribution.numbers(study, survey, wave),
        mailings: await store.mailings.list(survey.id),
        counts: await store.mailings.counts(survey.id),
        limits: fields,
        summary: typed
          ? summaryOf(
              typed.problem,
              fields.map(({ name }) => name),
            )
          : null,
        audience: audience?.segment.name ?? null,
        rules: await rulesOf(house, study),
      }),
    );
  }
  door.get(BASE, 'researcher', async (visit, req, res) =>
    showOverview(visit, await surveyOf(house, visit.study, req), req, res),
  );

  door.post(`${BASE}/settings`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    try {
      await distribution.setSettings(survey, {
        remindersMax: Number(field(form, 'reminders') || 'x'),
        daysBetween: Number(field(form, 'days') || 'x'),
      });
      res.redirect(303, `${surveyAddress(visit.study, survey)}/distribution`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showOverview(visit, survey, req, res, { form, problem: error });
    }
  });

  door.get(`${BASE}/mailings/:mailing`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const mailing = await mailingOf(survey, req);
    const counts = (await store.mailings.counts(survey.id)).get(mailing.id);
    await showPage(
      house,
      visit,
      res,
      'surveys',
      'studio/distribution-mailing',
      mailingPage({
        head: head(crumbs(visit.study, survey), mailing.kind === 'invitation' ? 'Invitation' : 'Reminder'),
        at: `${surveyAddress(visit.study, survey)}/distribution/mailings/${mailing.publicId}`,
        mayWrite: visit.study.role !== 'viewer',
        mailing,
        counts,
        reasons: await store.mailings.reasons(mailing.id),
        trouble: distribution.post().trouble,
      }),
    );
  });
  door.get(`${BASE}/mailings/:mailing/progress`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const mailing = await mailingOf(survey, req);
    const { state, percent, step } = mailingProgress(mailing, (await store.mailings.counts(survey.id)).get(mailing.id));
    res.json({ state, percent, step });
  });
  door.post(`${BASE}/mailings/:mailing/state`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const mailing = await mailingOf(survey, req);
    await distribution.setMailing(mailing, field(formOf(req), 'state') === 'paused' ? 'paused' : 'sending');
    res.redirect(303, `${surveyAddress(visit.study, survey)}/distribution/mailings/${mailing.publicId}`);
  });
  door.post(`${BASE}/mailings/:mailing/again`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const mailing = await mailingOf(survey, req);
    await distribution.sendAgain(mailing, field(formOf(req), 'which') === 'failed' ? 'failed' : 'unsure');
    res.redirect(303, `${surveyAddress(visit.study, survey)}/distribution/mailings/${mailing.publicId}`);
  });

  async function bouncePage(study: EnteredStudy, survey: SurveyRow, told: string | null = null) {
    const known = (await store.contacts.bounces(study.workspaceId)).slice(0, BOUNCES_SHOWN);
    const people = new Map(
      (await store.people.canonical(study.workspaceId)).map((person) => [person.id, person.publicId]),
    );
    const contacts = await store.contacts.contacts(
      study.workspaceId,
      known.flatMap(({ personId }) => personId ?? []),
    );
    const at = `${surveyAddress(study, survey)}/distribution/bounces`;
    return {
      view: 'studio/distribution-bounces',
      head: head(
        crumbs(study, survey),
        'Letters that came back',
        'What the mail server refuses at once is noted by itself. Reports that arrive later in your mailbox, or a list from your mail provider, go in here.',
      ),
      action: at,
      isUpload: true,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.file('file', 'A list of addresses', '.csv,.tsv,.txt,.eml,text/csv,text/plain', {
          hint: 'CSV or text with an address in each line; also delivery reports as they arrived',
        }),
        make.area('list', 'Or paste it', { rows: 6 }),
      ],
      buttons: buttons('Take it in'),
      notice: told ? { kind: 'good', title: 'Taken in', text: told, links: [] } : null,
      more: {
        forget: `${at}/forget`,
        rows: known.map((bounce) => ({
          id: bounce.id,
          address: contacts.get(bounce.personId ?? 0)?.address ?? 'an address nobody has any more',
          person: people.has(bounce.personId ?? 0)
            ? `${studyAddress(study)}/people/${people.get(bounce.personId ?? 0)}`
            : '',
          reason: bounce.reason || 'no reason given',
          origin: bounce.origin === 'smtp' ? 'mail server' : 'list',
          at: bounce.recordedAt,
        })),
      },
    };
  }
  door.get(`${BASE}/bounces`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await showForm(house, visit, res, 'surveys', await bouncePage(visit.study, survey));
  });
  door.post(`${BASE}/bounces`, 'researcher', upload, async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const form = formOf(req);
    const bytes = req.file && req.file.size > 0 ? req.file.buffer : Buffer.from(field(form, 'list'), 'utf8');
    if (bytes.toString('utf8').trim() === '') {
      const problem = new Problem('invalid', 'There is no list', {
        errors: [{ pointer: '#/file', detail: 'Choose a file, or paste a list' }],
      });
      return showForm(house, visit, res, 'surveys', await bouncePage(study, survey), form, problem);
    }
    const { added, known, strangers, passing, unread } = await distribution.reportBounces(study, bytes);
    const told = [
      `${added} added`,
      known > 0 ? `${known} known already` : '',
      strangers > 0 ? `${strangers} belong to nobody here and were not kept` : '',
      passing > 0 ? `${passing} report trouble that passes and were left out` : '',
      unread > 0 ? `${unread} lines hold no single address` : '',
    ].filter(Boolean);
    await showForm(house, visit, res, 'surveys', await bouncePage(study, survey, `${told.join('; ')}.`));
  });
  door.post(`${BASE}/bounces/forget`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await store.contacts.forgetBounce(visit.study.workspaceId, Number(field(formOf(req), 'bounce')) || 0);
    res.redirect(303, `${surveyAddress(visit.study, survey)}/distribution/bounces`);
  });
}
