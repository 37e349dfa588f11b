import type { Response } from 'express';
import type { Form } from '../../model/answers.ts';
import { composeLetter, draftMessage, type LetterKind, type Message } from '../../model/mailing.ts';
import { Problem } from '../../model/problem.ts';
import type { LeftOut } from '../../services/recipients.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { BASE, crumbs, rulesOf, waveOf } from './distribution-place.ts';
import { buttons, type fieldMaker, head, isForForm, showForm } from './frame.ts';
import { surveyAddress, surveyOf, surveyTitle } from './surveys.ts';

/** Writing letters: who would get one, how it reads, one to oneself, and then to everybody. */
export function letterDoor(door: Doorway, house: House): void {
  const { verbatim, publicUrl } = house;
  const { distribution } = verbatim;

  /** What the form says in each language it was filled in for. */
  function messageOf(survey: SurveyRow, form: Form): Message {
    const message: Message = {};
    for (const [index, language] of survey.draft.languages.entries()) {
      const [subject, text] = [field(form, `subject-${language}`).trim(), field(form, `text-${language}`)];
      if (index > 0 && subject === '' && text.trim() === '') continue;
      message[language] = { subject, text: text.replace(/\r\n?/g, '\n') };
    }
    return message;
  }
  const draftOf = (survey: SurveyRow, kind: LetterKind): Record<string, string> =>
    Object.fromEntries(
      survey.draft.languages.flatMap((language) => {
        const title = survey.draft.title[language] ?? surveyTitle(survey);
        const { subject, text } = draftMessage(kind, language, title);
        return [
          [`subject-${language}`, subject],
          [`text-${language}`, text],
        ];
      }),
    );
  const wordsOf = (left: LeftOut) =>
    left.map(({ reason, count }) => `Those who ${reason}: ${count.toLocaleString('en-GB')}`);

  async function letterPage(
    study: EnteredStudy,
    survey: SurveyRow,
    kind: LetterKind,
    form: Form,
    told: { title: string; text: string } | null = null,
  ) {
    const wave = await waveOf(house, survey, field(form, 'wave'));
    const at = `${surveyAddress(study, survey)}/distribution`;
    const segment = field(form, 'segment') || null;
    const { to, leftOut } =
      kind === 'invitation'
        ? await distribution.recipients(study, survey, segment, wave)
        : await distribution.reminders(study, survey, wave);
    const rules = await rulesOf(house, study);
    const waves = await verbatim.store.fieldwork.waves(survey.id);
    const waveNames = waves.map((one) => `${one.number} ${one.name}`).join(', ');
    const [sample] = to;
    const message = messageOf(survey, form);
    const preview = field(form, 'do') === 'preview';
    return {
      view: 'studio/distribution-letter',
      head: head(
        crumbs(study, survey),
        kind === 'invitation' ? 'Write an invitation' : 'Remind those who have not answered',
        'Plain text. {{name}} becomes the person’s name, {{link}} their own link, {{optOut}} the way to say that they want no more letters.',
      ),
      action: `${at}/${kind === 'invitation' ? 'invite' : 'remind'}`,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        ...(kind === 'invitation'
          ? [
              make.select('segment', 'To', [
                { value: '', label: 'everybody the survey is offered to' },
                ...rules.map((rule) => ({ value: rule.publicId, label: `only “${rule.name}”` })),
              ]),
            ]
          : []),
        make.text('wave', 'Wave', {
          isShort: true,
          isRequired: true,
          hint: `Each person is invited once in each wave${waveNames === '' ? '' : `. The survey’s waves: ${waveNames}`}`,
        }),
        ...survey.draft.languages.flatMap((language, index) => [
          make.text(`subject-${language}`, `Subject (${language})`, { isRequired: index === 0 }),
          make.area(`text-${language}`, `Text (${language})`, {
            rows: 12,
            isRequired: index === 0,
            ...(index === 0
              ? {}
              : { hint: `Leave both empty to write to everybody in ${survey.draft.languages[0] ?? 'en'}` }),
          }),
        ]),
      ],
      buttons: buttons('Preview'),
      notice: told ? { kind: 'good', title: told.title, text: told.text, links: [] } : null,
      more: {
        count: to.length,
        kind,
        leftOut: wordsOf(leftOut),
        obstacles: distribution.post().obstacles,
        previews: preview
          ? Object.keys(message).map((language) => ({
              language,
              ...composeLetter(message, language, {
                name: sample?.name ?? null,
                link: `${publicUrl ?? 'https://…'}/s/${survey.slug}/for/…`,
                optOut: `${publicUrl ?? 'https://…'}/opt-out/…`,
              }),
            }))
          : [],
      },
    };
  }

  function open(path: string, kind: LetterKind): void {
    door.get(`${BASE}/${path}`, 'researcher', async (visit, req, res) => {
      const survey = await surveyOf(house, visit.study, req);
      const form: Form = {
        ...draftOf(survey, kind),
        segment: queryOf(req, 'segment'),
        wave: String(await waveOf(house, survey, queryOf(req, 'wave'))),
      };
      await showForm(house, visit, res, 'surveys', await letterPage(visit.study, survey, kind, form), form);
    });
    door.post(`${BASE}/${path}`, 'researcher', async (visit, req, res) => {
      const survey = await surveyOf(house, visit.study, req);
      const form = formOf(req);
      try {
        await letterPosted(visit, res, survey, kind, form);
      } catch (error) {
        if (!isForForm(error)) throw error;
        const page = await letterPage(visit.study, survey, kind, { ...form, do: '', segment: '' });
        await showForm(house, visit, res, 'surveys', page, form, error);
      }
    });
  }

  async function letterPosted(visit: StudyVisit, res: Response, survey: SurveyRow, kind: LetterKind, form: Form) {
    const { study, user } = visit;
    const message = messageOf(survey, form);
    const wanted = field(form, 'do');
    if (!/^[1-9]\d{0,3}$/.test(field(form, 'wave')))
      throw new Problem('invalid', 'The wave does not fit', {
        errors: [{ pointer: '#/wave', detail: 'Enter a number from 1 to 9999' }],
      });
    distribution.checkMessage(message);
    if (wanted === 'send') {
      const wave = Number(field(form, 'wave'));
      const { mailing } =
        kind === 'invitation'
          ? await distribution.invite(
              study,
              survey,
              { message, wave, segmentPublicId: field(form, 'segment') || null },
              { userId: user.id },
            )
          : await distribution.remind(study, survey, { message, wave }, { userId: user.id });
      return res.redirect(303, `${surveyAddress(study, survey)}/distribution/mailings/${mailing.publicId}`);
    }
    let told: { title: string; text: string } | null = null;
    if (wanted === 'test') {
      for (const language of Object.keys(message)) await distribution.sendTest(survey, message, language, user);
      told = {
        title: `Sent to ${user.email}`,
        text: 'Its link is the open address, and its opt-out link does nothing.',
      };
    }
    await showForm(house, visit, res, 'surveys', await letterPage(study, survey, kind, form, told), form);
  }
  open('invite', 'invitation');
  open('remind', 'reminder');
}
