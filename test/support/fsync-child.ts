import { writeSync } from 'node:fs';
import { newPublicId } from '../../src/store/identifiers.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { testLimits } from './limits.ts';
import { recordOf } from './records.ts';

/*
 * Appends responses one after the other and says of each that it was acknowledged, for somebody who watches the calls to
 * the system. Arguments: the folder, the study, the survey and its version, and how many.
 */

const [folder = '', study, survey, version, count] = process.argv.slice(2);
const place = {
  studyId: Number(study),
  surveyId: Number(survey),
  surveyVersionId: Number(version),
  participationId: null,
  batchId: null,
};
const verbatim = await openVerbatim({ folder, limits: testLimits });
for (let done = 0; done < Number(count); done += 1) {
  const [appended] = await verbatim.logs.responses.append([
    recordOf(newPublicId(), 0, { kind: 'start', page: null, answers: {}, place }),
  ]);
  if (appended?.outcome === 'saved') writeSync(1, `acknowledged ${done}\n`);
}
await verbatim.close();
