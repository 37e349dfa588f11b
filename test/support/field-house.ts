import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { SurveyDefinition } from '../../src/model/survey.ts';
import type { RewordingOptions } from '../../src/services/rewording.ts';
import { publicHalf } from '../../src/store/identifiers.ts';
import type { Verbatim } from '../../src/verbatim.ts';
import { createApp } from '../../src/web/app.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { openHouse } from './house.ts';
import { sharedRenderer } from './shared-renderer.ts';
import { smallSurvey } from './small-survey.ts';

export const FIELD_OWNER = { email: 'ada@lab.example', password: 'three words together' };

/** The small survey with two quotas, and an end for those to whom the first question does not apply. */
export const fieldSurvey: SurveyDefinition = SurveyDefinition.parse({
  ...smallSurvey,
  code: 'field',
  ends: [{ code: 'out', if: "{city} = 'na'", outcome: 'screened-out', text: { en: 'This is not for you.' } }],
  quotas: [
    { code: 'city', name: 'City dwellers', if: "{city} = 'city'", limit: 4, whenFull: 'end' },
    { code: 'village', name: 'Villagers', if: "{city} = 'village'", limit: 50, whenFull: 'go-on' },
  ],
});

/** A Verbatim that listens on loopback with a clock of its own, a study with the field survey, and its owner signed in. */
export async function openFieldHouse({
  now = () => new Date(),
  rewording = null,
}: {
  now?: () => Date;
  rewording?: RewordingOptions | null;
} = {}) {
  const house = await openHouse({ now, rewording });
  const { verbatim } = house;
  const { app } = createApp({
    verbatim,
    renderer: sharedRenderer(),
    log: pino({ level: 'silent' }),
    publicUrl: null,
    trustProxy: 0,
    isOpen: () => true,
  });
  const server: Server = createServer({ keepAliveTimeout: 0 }, app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const study = await verbatim.studies.addTo('A study', null, null, null);
  const draft = await verbatim.surveys.importJson(study.id, JSON.stringify(fieldSurvey));
  await verbatim.surveys.publish(draft, 1, null);
  const survey = await verbatim.store.surveys.find(study.id, draft.publicId);
  if (!survey) throw new Error('The survey that was just published is not there');
  await verbatim.accounts.add({ ...FIELD_OWNER, name: 'Ada' }, { isAdmin: true, role: 'owner', studyId: null });
  const researcher: Visitor = visitor(url);
  const signIn = async () => {
    await researcher.post('/sign-in', FIELD_OWNER);
  };
  await signIn();
  return {
    verbatim,
    url,
    study,
    survey,
    researcher,
    /** Once more, after the clock has gone past what a session lasts. */
    signIn,
    at: `/studio/${study.publicId}/surveys/${survey.publicId}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await house[Symbol.asyncDispose]();
    },
  };
}

/** Somebody answers the field survey, to the end unless told to stop, and what became of it is given back. */
export async function answerField(
  verbatim: Verbatim,
  slug: string,
  {
    city,
    mood = null,
    stop = false,
    query = {},
  }: {
    city: 'city' | 'village' | 'na';
    mood?: number | null;
    stop?: boolean;
    query?: Record<string, string>;
  },
): Promise<string> {
  const started = await verbatim.fieldwork.start(slug, {
    consents: ['analysis'],
    language: null,
    invitation: null,
    query,
  });
  if (!started.started || !('revision' in started.next)) throw new Error('It did not start');
  const { token } = started.next;
  const first = await verbatim.fieldwork.answer({ token, page: 1, revision: 1 }, { city });
  if (stop || first.outcome !== 'saved') return publicHalf(token);
  let revision = 2;
  if (mood !== null) {
    const second = await verbatim.fieldwork.answer({ token, page: 2, revision }, { mood: String(mood) });
    if (second.outcome !== 'saved') throw new Error('The second page was not saved');
    revision += 1;
  }
  await verbatim.fieldwork.complete(token, revision);
  return publicHalf(token);
}
