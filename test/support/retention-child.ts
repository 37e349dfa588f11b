import { openVerbatim } from '../../src/verbatim.ts';
import { testLimits } from './limits.ts';

/*
 * Lets go of what is due three days after it was planted and is killed in the middle of it, as a power cut would. Started by a test: the
 * folder, and the part before which it dies, are its arguments.
 */

const [folder = '', dies = ''] = process.argv.slice(2);
const later = Date.parse('2026-03-05T09:00:00.000Z');
const verbatim = await openVerbatim({ folder, limits: testLimits, now: () => new Date(later), isOwner: false });
const { retention } = verbatim.store;
const letGoNext = retention.letGoNext;
retention.letGoNext = async (...given) => {
  if (given[2] !== dies) return letGoNext(...given);
  process.kill(process.pid, 'SIGKILL');
  return new Promise<never>(() => {});
};
await verbatim.retention.perform();
