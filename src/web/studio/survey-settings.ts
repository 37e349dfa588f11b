import type { Form } from '../../model/answers.ts';
import { Problem, type ProblemError } from '../../model/problem.ts';
import { readSettings, SurveySettings } from '../../model/survey-settings.ts';
import { instantOf, isTimeZone, wallTime } from '../../model/zoned-time.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import {
  numberIn,
  SURVEY,
  settingsAddress,
  settingsCrumbs,
  surveyCrumbs,
  wallTimeOrNone,
  zoneOf,
} from './fieldwork-place.ts';
import { buttons, type fieldMaker, head, isForForm, PAGE_WAIT_MS, showForm } from './frame.ts';
import { anonymousDoor } from './survey-anonymous.ts';
import { drawDoor } from './survey-draw.ts';
import { singleLinkDoor } from './survey-links.ts';
import { surveyOf } from './surveys.ts';
import { readUpload } from './upload.ts';

const IMAGE_BYTES_MAX = 5 * 1024 * 1024;
const kilobytes = (bytes: number): string => `${Math.max(1, Math.round(bytes / 1024)).toLocaleString('en-GB')} kB`;

/** How a survey is run: when it is open, who may begin, how long they may take, and the addresses it has. */
export function surveySettingsDoor(door: Doorway, house: House): void {
  const { verbatim, publicUrl } = house;
  const { files, store, surveys } = verbatim;
  const upload = readUpload({ fileSize: IMAGE_BYTES_MAX, files: 1, fields: 5 }, 'file');
  drawDoor(door, house);
  anonymousDoor(door, house);
  singleLinkDoor(door, house);

  function formFrom(settings: SurveySettings): Form {
    const zone = zoneOf(settings);
    return {
      timeZone: zone,
      opensAt: wallTimeOrNone(settings.opensAt, zone),
      closesAt: wallTimeOrNone(settings.closesAt, zone),
      mostCompleted: settings.mostCompleted === undefined ? '' : String(settings.mostCompleted),
      resumeDays: settings.resumeDays === undefined ? '' : String(settings.resumeDays),
      ways: [
        ...(settings.byLinkOnly ? ['byLinkOnly'] : []),
        ...(settings.isKiosk ? ['isKiosk'] : []),
        ...(settings.mayCorrect === false ? [] : ['mayCorrect']),
      ],
      ...Object.fromEntries(
        Object.entries(settings.prizeDraw?.text ?? {}).map(([language, text]) => [`draw-${language}`, text]),
      ),
    };
  }

  /** @throws Problem `invalid` naming every field that does not fit */
  function settingsFrom(survey: SurveyRow, form: Form): SurveySettings {
    const errors: ProblemError[] = [];
    const say = (name: string, detail: string) => void errors.push({ pointer: `#/${name}`, detail });
    const timeZone = field(form, 'timeZone');
    const zone = isTimeZone(timeZone) ? timeZone : 'UTC';
    if (!isTimeZone(timeZone)) say('timeZone', 'Choose one of the time zones listed');
    const instant = (name: string): string | undefined => {
      const written = field(form, name);
      const found = written === '' ? null : instantOf(written.slice(0, 16), zone);
      if (written !== '' && found === null) say(name, 'Enter a day and a time, such as 2026-03-09T08:00');
      return found ?? undefined;
    };
    const whole = (name: string, most: number): number | undefined => {
      const value = numberIn(field(form, name));
      if (value !== null && !(Number.isInteger(value) && value >= 1 && value <= most))
        say(name, `Enter a whole number from 1 to ${most.toLocaleString('en-GB')}, or leave it empty`);
      return value ?? undefined;
    };
    const [opensAt, closesAt] = [instant('opensAt'), instant('closesAt')];
    if (opensAt !== undefined && closesAt !== undefined && closesAt <= opensAt)
      say('closesAt', 'Enter a time that comes after the survey opens');
    const mostCompleted = whole('mostCompleted', 10_000_000);
    const resumeDays = whole('resumeDays', 3650);
    const ways = fieldList(form, 'ways');
    const texts = Object.fromEntries(
      survey.draft.languages.flatMap((language) => {
        const text = field(form, `draw-${language}`).trim();
        return text === '' ? [] : [[language, text]];
      }),
    );
    const [first = 'en'] = survey.draft.languages;
    if (Object.keys(texts).length > 0 && texts[first] === undefined)
      say(`draw-${first}`, 'Enter the text in the survey’s first language too');
    const kept = { ...readSettings(survey.settings) };
    for (const name of FORM_SETTINGS) delete kept[name];
    const parsed = SurveySettings.safeParse({
      ...kept,
      ...(isTimeZone(timeZone) ? { timeZone } : {}),
      ...(opensAt === undefined ? {} : { opensAt }),
      ...(closesAt === undefined ? {} : { closesAt }),
      ...(mostCompleted === undefined ? {} : { mostCompleted }),
      ...(resumeDays === undefined ? {} : { resumeDays }),
      ...(ways.includes('isKiosk') ? { isKiosk: true } : {}),
      ...(ways.includes('byLinkOnly') ? { byLinkOnly: true } : {}),
      ...(ways.includes('mayCorrect') ? {} : { mayCorrect: false }),
      ...(Object.keys(texts).length > 0 ? { prizeDraw: { text: texts } } : {}),
    });
    if (!parsed.success && errors.length === 0) say(`draw-${first}`, 'This text is too long');
    if (errors.length > 0 || !parsed.success) throw new Problem('invalid', 'These settings do not fit', { errors });
    return parsed.data;
  }

  async function settingsPage(study: EnteredStudy, survey: SurveyRow, origin: string, form: Form, isSaved: boolean) {
    const at = settingsAddress(study, survey);
    const zone = isTimeZone(field(form, 'timeZone')) ? field(form, 'timeZone') : 'UTC';
    const address = `${origin}/s/${survey.slug}`;
    const isPublished = survey.publishedVersionId !== null;
    return {
      view: 'studio/survey-settings',
      head: head(
        surveyCrumbs(study, survey),
        'Settings',
        'How the survey is run. These may change at any time: answers that are there stay as they are.',
      ),
      action: at,
      notice: isSaved ? { kind: 'good', title: 'Saved', text: null, links: [] } : null,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.text('opensAt', 'Opens', {
          type: 'datetime-local',
          hint: 'Empty: as soon as it is published',
        }),
        make.text('closesAt', 'Closes', {
          type: 'datetime-local',
          hint: 'Empty: when you close it. What somebody has begun may still be sent',
        }),
        make.select(
          'timeZone',
          'Time zone of these times',
          [...new Set(['UTC', zone, ...Intl.supportedValuesOf('timeZone')])].sort().map((name) => ({
            value: name,
            label: name.replaceAll('_', ' '),
          })),
          {
            isRequired: true,
            hint: `In ${zone.replaceAll('_', ' ')} it is now ${wallTime(verbatim.now().toISOString(), zone).replace('T', ', ')}`,
          },
        ),
        make.text('mostCompleted', 'Most completed responses', {
          type: 'number',
          isShort: true,
          hint: 'The database holds to it, even when several send at once. Empty: no limit',
        }),
        make.text('resumeDays', 'Days in which a response may be continued', {
          type: 'number',
          isShort: true,
          hint: 'Counted from its start. Empty: as long as the survey is open',
        }),
        make.boxes('ways', 'Ways in and back', [
          {
            value: 'byLinkOnly',
            label: 'Only by a personal or single-use link',
            hint: 'The open address then leads nobody in; suppliers’ addresses still do',
          },
          {
            value: 'isKiosk',
            label: 'A machine that many use one after the other',
            hint: 'After each response it begins anew at the open address',
          },
          {
            value: 'mayCorrect',
            label: 'Answers that were sent may be corrected',
            hint: 'With the receipt code that everybody is shown at the end, also after the survey has closed: take the tick away to end it',
          },
        ]),
        ...survey.draft.languages.map((language, index) =>
          make.area(`draw-${language}`, `Prize draw: what is said of it (${language})`, {
            rows: 3,
            hint:
              index === 0
                ? 'Shown at the end with a field for an address. It is kept apart from the answers, and nothing leads from one to the other. Empty: no draw'
                : `Empty: as in ${survey.draft.languages[0] ?? 'en'}`,
          }),
        ),
      ],
      buttons: buttons('Save the settings'),
      more: {
        isPublished,
        address,
        testAddress: `${address}?test=${surveys.testMark(survey)}`,
        receiptAddress: `${origin}/receipt`,
        isKiosk: fieldList(form, 'ways').includes('isKiosk'),
        links: `${at}/links`,
        linkCount: await store.fieldwork.countSingleLinks(survey.id),
        draw: `${at}/draw`,
        entries: (await store.fieldwork.drawEntries(survey.id)).length,
        images: `${at}/images`,
        imageCount: (await store.fieldFigures.images(survey.id)).length,
      },
    };
  }
  const originOf = (req: { protocol: string; headers: { host?: string | undefined } }): string =>
    publicUrl ?? `${req.protocol}://${req.headers.host ?? ''}`;

  door.get(`${SURVEY}/settings`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formFrom(readSettings(survey.settings));
    const page = await settingsPage(visit.study, survey, originOf(req), form, queryOf(req, 'saved') === 'yes');
    await showForm(house, visit, res, 'surveys', page, form);
  });
  door.post(`${SURVEY}/settings`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    try {
      await surveys.saveSettings(survey, settingsFrom(survey, form));
      res.redirect(303, `${settingsAddress(visit.study, survey)}?saved=yes`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      const page = await settingsPage(visit.study, survey, originOf(req), form, false);
      await showForm(house, visit, res, 'surveys', page, form, error);
    }
  });

  async function imagePage(study: EnteredStudy, survey: SurveyRow) {
    const images = await store.fieldFigures.images(survey.id);
    return {
      view: 'studio/survey-images',
      head: head(
        settingsCrumbs(study, survey),
        'Images',
        'Pictures for choices that are shown as images. Whoever knows the address of an image can see it.',
      ),
      action: `${settingsAddress(study, survey)}/images`,
      isUpload: true,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.file('file', 'An image', 'image/jpeg,image/png,image/gif,image/webp,image/avif', {
          isRequired: true,
          hint: 'JPEG, PNG, GIF, WebP or AVIF of up to 5 MB',
        }),
      ],
      buttons: buttons('Lay it in'),
      more: {
        images: images.map((image) => ({
          id: image.publicId,
          name: image.name,
          address: `/media/${image.publicId}`,
          about: `${image.mediaType.replace('image/', '').toUpperCase()}, ${kilobytes(image.bytes)}`,
        })),
      },
    };
  }
  door.get(`${SURVEY}/settings/images`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    await showForm(house, visit, res, 'surveys', await imagePage(visit.study, survey));
  });
  door.post(`${SURVEY}/settings/images`, 'researcher', upload, async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    try {
      if (!req.file || req.file.size === 0)
        throw new Problem('invalid', 'There is no image', {
          errors: [{ pointer: '#/file', detail: 'Choose an image' }],
        });
      const name = Buffer.from(req.file.originalname, 'latin1').toString('utf8');
      await files.keepImage({ studyId: study.id, surveyId: survey.id }, { name, bytes: req.file.buffer });
      res.redirect(303, `${settingsAddress(study, survey)}/images`);
    } catch (error) {
      if (!(error instanceof Problem) || (error.kind !== 'unsupported' && !isForForm(error))) throw error;
      const shown =
        error.kind === 'unsupported'
          ? new Problem('invalid', error.message, { errors: [{ pointer: '#/file', detail: error.detail ?? '' }] })
          : error;
      await showForm(house, visit, res, 'surveys', await imagePage(study, survey), {}, shown);
    }
  });
}

/** What the form says; all other settings stay as they are. */
const FORM_SETTINGS = [
  'timeZone',
  'opensAt',
  'closesAt',
  'mostCompleted',
  'resumeDays',
  'isKiosk',
  'byLinkOnly',
  'mayCorrect',
  'prizeDraw',
] as const satisfies readonly (keyof SurveySettings)[];
