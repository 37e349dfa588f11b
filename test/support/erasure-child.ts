import { openVerbatim } from '../../src/verbatim.ts';
import { testLimits } from './limits.ts';

/*
 * Erases a person and is killed in the middle of it, as a power cut would. Started by a test: the folder, the person, the
 * member who erases, and the step of the store before which it dies are its arguments.
 */

const [folder = '', workspace, personId = '', userId, step = ''] = process.argv.slice(2);
const verbatim = await openVerbatim({ folder, limits: testLimits });
const person = await verbatim.store.people.find(Number(workspace), personId);
if (!person) throw new Error('There is no such person');
const { erasures } = verbatim.store;
const die = async (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise<never>(() => {});
};
if (step === 'begin') erasures.begin = die;
else if (step === 'takeAway') erasures.takeAway = die;
else erasures.finish = die;
await verbatim.erasure.erasePerson(person, { userId: Number(userId) });
