import { z } from 'zod';
import { noticeCountries, noticeIn, PrivacyNotice } from '../../model/privacy-notice.ts';
import { ofStudy } from '../../services/privacy-notices.ts';
import type { House } from '../app.ts';
import { operation } from './operation.ts';
import { revisionTag } from './requests.ts';

const Notice = PrivacyNotice.meta({
  id: 'PrivacyNotice',
  description: 'What people are told before the first question. What is left out is as in the workspace',
});
const CHAPTER = 'Surveys';
const EXAMPLE: z.input<typeof PrivacyNotice> = {
  controllerName: 'Institute of Housing',
  controllerAddress: '1 Main Street, Elsewhere',
  contact: 'privacy@example.org',
  purposes: {
    en: 'To learn what makes moving house easy or hard.',
    de: 'Um zu lernen, was einen Umzug leicht oder schwer macht.',
  },
  legalBasis: 'consent',
  kept: { months: 24 },
  recipients: 'nobody',
  minimumAge: 0,
};

/** The privacy notice that surveys of a study are published with. */
export const privacyNoticeResource = ({ verbatim }: House) => {
  const { privacyNotices, store } = verbatim;
  return {
    readNotice: operation({
      method: 'GET',
      path: '/studies/:study/notice',
      scope: 'survey:read',
      chapter: CHAPTER,
      title: 'Read the privacy notice of the study',
      text: 'What was written for this study alone. What holds together with its workspace, and what it lacks, is beside it.',
      answer: z.strictObject({
        notice: Notice,
        holds: z
          .array(z.strictObject({ country: z.string().nullable(), notice: PrivacyNotice }))
          .meta({ description: 'What people are told once a survey is published, by country; null for any other' }),
        missing: z
          .array(z.strictObject({ pointer: z.string(), detail: z.string() }))
          .meta({ description: 'What stands in the way of publishing the surveys of the study' }),
      }),
      handle: async ({ study, tag }) => {
        const { notice, revision } = await privacyNotices.read(ofStudy(study));
        tag(revisionTag(revision));
        const layers = await privacyNotices.layers(study);
        const languages = [...new Set((await store.surveys.list(study.id)).flatMap(({ draft }) => draft.languages))];
        return {
          notice,
          holds: noticeCountries(layers).map((country) => ({ country, notice: noticeIn(layers, country) })),
          missing: await privacyNotices.missing(study, { languages }),
        };
      },
    }),
    writeNotice: operation({
      method: 'PUT',
      path: '/studies/:study/notice',
      scope: 'survey:write',
      chapter: CHAPTER,
      title: 'Write the privacy notice of the study',
      text: 'Surveys show it once they are published anew; answers keep what was shown to whoever gave them.',
      needsMatch: true,
      body: Notice,
      answer: Notice,
      example: { body: EXAMPLE },
      handle: async ({ study, body, actor, insistMatch, tag }) => {
        const { revision } = await privacyNotices.read(ofStudy(study));
        insistMatch(revisionTag(revision));
        await privacyNotices.save(ofStudy(study), revision, body, actor);
        const saved = await privacyNotices.read(ofStudy(study));
        tag(revisionTag(saved.revision));
        return saved.notice;
      },
    }),
  };
};
