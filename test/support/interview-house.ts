import type { TranscriptionOptions } from '../../src/services/transcription.ts';
import type { Interview } from '../../src/store/notes.ts';
import { visitor } from '../journeys/visitor.ts';
import { openHouse, plantStudy } from './house.ts';
import { serveHouse } from './serve-house.ts';

const PASSWORD = 'three words together';

/** A study with an interview that is to be held, and a researcher and an outsider signed in, over HTTP. */
export async function openInterviewHouse({
  transcription = null,
}: {
  transcription?: TranscriptionOptions | null;
} = {}) {
  const house = await openHouse({ transcription });
  const { verbatim } = house;
  const door = await serveHouse(verbatim);
  const { study } = await plantStudy(verbatim);
  const { study: elsewhere } = await plantStudy(verbatim, 'Another study');
  const signIn = async (name: string, studyId: number) => {
    const email = `${name}@lab.example`;
    await verbatim.accounts.add({ email, name, password: PASSWORD }, { isAdmin: false, role: 'researcher', studyId });
    const person = visitor(door.url);
    await person.post('/sign-in', { email, password: PASSWORD });
    return person;
  };
  const studio = `/studio/${study.publicId}`;
  return {
    verbatim,
    house,
    study,
    studio,
    url: door.url,
    researcher: await signIn('ada', study.id),
    outsider: await signIn('ben', elsewhere.id),
    /** Plans an interview and gives its address. */
    plan: async (participant = 'P07') => {
      const planned = await verbatim.interviews.plan(study, { participant }, null);
      if ('errors' in planned) throw new Error(JSON.stringify(planned.errors));
      return { interview: planned.interview, at: `${studio}/interviews/${planned.interview.publicId}` };
    },
    /** Notes what they agreed to. */
    agree: async (interview: Interview, purposes: string[]) =>
      verbatim.consents.record(
        study,
        interview,
        { purposes, text: 'v1', givenOn: '2026-03-02', givenHow: 'on the recording', expiresOn: '' },
        null,
      ),
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]();
      await house[Symbol.asyncDispose]();
    },
  };
}
