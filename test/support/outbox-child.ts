import { publicHalf } from '../../src/store/identifiers.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { testLimits } from './limits.ts';
import { LOOPBACK } from './stub-server.ts';

/*
 * Answers a survey over and over until somebody kills it, and says of each response that it was completed, after it was;
 * what is told of them goes out meanwhile. Its arguments: the folder and the survey's slug.
 */

const [folder = '', slug = ''] = process.argv.slice(2);
const verbatim = await openVerbatim({ folder, limits: testLimits, outgoing: { allowed: LOOPBACK } });

for (;;) {
  const started = await verbatim.fieldwork.start(slug, { consents: ['analysis'], language: null, invitation: null });
  if (!started.started || !('revision' in started.next)) throw new Error('It did not start');
  const { token } = started.next;
  await verbatim.fieldwork.answer({ token, page: 1, revision: 1 }, { city: 'city' });
  await verbatim.fieldwork.complete(token, 2);
  process.stdout.write(`${publicHalf(token)}\n`);
  verbatim.outgoing.wake();
}
