import { newPublicId } from '../../src/store/identifiers.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { testLimits } from './limits.ts';
import { recordOf } from './records.ts';

/*
 * Eight writers that append responses until somebody kills them, and say of each record that it was acknowledged, after
 * it was. Started by the kill loop: the folder, the study, the survey and its version are its arguments.
 */

const [folder = '', study, survey, version] = process.argv.slice(2);
const place = {
  studyId: Number(study),
  surveyId: Number(survey),
  surveyVersionId: Number(version),
  participationId: null,
  batchId: null,
};
const { logs } = await openVerbatim({ folder, limits: testLimits });
process.stdout.write('open\n');

async function write(writer: number): Promise<never> {
  for (let round = 0; ; round += 1) {
    const responseId = newPublicId();
    for (let revision = 0; revision < 4; revision += 1) {
      const kind = revision === 0 ? 'start' : revision === 3 ? 'completion' : 'page';
      const answers =
        kind === 'page'
          ? { story: { state: 'answered' as const, value: `Writer ${writer}, round ${round}, page ${revision} 😀` } }
          : {};
      const [appended] = await logs.responses.append([
        recordOf(responseId, revision, { kind, page: kind === 'page' ? revision : null, answers, place }),
      ]);
      if (appended?.outcome === 'saved') process.stdout.write(`${responseId} ${revision}\n`);
    }
  }
}
await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)));
