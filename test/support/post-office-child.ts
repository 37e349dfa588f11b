import { openVerbatim } from '../../src/verbatim.ts';
import { testLimits } from './limits.ts';
import { MESSAGE, PUBLIC_URL, postFor, settled } from './post-house.ts';

/*
 * A process that invites everybody, unless an earlier one has, and ends when all letters are through. Started by the
 * test that kills it: the folder, the mail server, the study and the survey are its arguments.
 */

const [folder = '', smtpUrl = '', studyId = '', surveyId = ''] = process.argv.slice(2);
const verbatim = await openVerbatim({ folder, limits: testLimits, publicUrl: PUBLIC_URL, post: postFor(smtpUrl) });
const study = (await verbatim.store.studies.all()).find(({ publicId }) => publicId === studyId);
const survey = study ? await verbatim.store.surveys.find(study.id, surveyId) : null;
if (!study || !survey) throw new Error('The study is not there');
if ((await verbatim.store.mailings.list(survey.id)).length === 0)
  await verbatim.distribution.invite(study, survey, { message: MESSAGE, wave: 1, segmentPublicId: null }, null);
await settled(verbatim, survey.id);
await verbatim.close();
