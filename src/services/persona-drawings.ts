import type { InterviewChoice } from '../model/interview-choice.ts';
import { Problem } from '../model/problem.ts';
import { carryWords } from '../personas/carry-words.ts';
import { emptyPortrait, type PersonaKind, type Portrait, readPortrait } from '../personas/portrait.ts';
import { readWords } from '../reports/evidence-words.ts';
import type { Run } from '../store/analyses.ts';
import type { Persona, PersonaVersion } from '../store/personas.ts';
import type { Study } from '../store/studies.ts';
import { type Progress, Refusal, type Thread } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import { oneByOne } from './one-by-one.ts';
import type { Runs } from './runs.ts';

/** Whom a persona stands for. */
export type Stands = {
  kind: PersonaKind;
  combine: 'any' | 'all';
  segments: { id: number; name: string }[];
  interviews: InterviewChoice | null;
};
/** What is to be drawn. */
export type Drawing = {
  /** The persona whose next version it is; `new` for one of its own, `face` for that of its one segment, made if there is none. */
  of: Pick<Persona, 'publicId'> | 'new' | 'face';
  stands: Stands;
  /** Null for the name that it has, or that its segments give it. */
  name: string | null;
};
/** A drawing as its run keeps it, apart from the persona, which is the run's subject. */
export type DrawingSettings = { isFace: boolean; stands: Stands; name: string | null };
/** Where it is computed. */
type By = { thread: Thread; onProgress?: Progress; stopped?: AbortSignal; run?: Run };

/** By the id of a claim, how a researcher says it. */
export const wordsOf = ({ words }: Pick<PersonaVersion, 'words'>): Record<string, string> => readWords(words);

const DRAWN_ANEW = 'Drawn anew';
/** Whether a version was drawn, as against made from the one before by hand. */
export const isDrawn = ({ note }: Pick<PersonaVersion, 'note'>): boolean => note === '' || note === DRAWN_ANEW;

/** What a persona of these segments is called where nobody says. */
export const nameOf = ({ segments, combine }: Pick<Stands, 'segments' | 'combine'>): string =>
  segments
    .map(({ name }) => name)
    .join(combine === 'any' ? ' or ' : ' and ')
    .slice(0, 200);

/** Draws portraits and keeps them as versions: at once for whoever waits, or as a run with progress. */
export function personaDrawings(context: Context, runs: Runs) {
  const { store, logs, now } = context;
  const at = () => now().toISOString();
  // Of two who draw or ask at once the second finds what the first has made.
  const [drawInTurn, askInTurn] = [oneByOne(), oneByOne()];

  async function personaOf(study: Study, { of, stands }: Drawing): Promise<Persona | null> {
    if (of === 'new') return null;
    if (of === 'face') return store.personas.ofSegment(stands.segments[0]?.id ?? 0);
    const persona = await store.personas.find(study.id, of.publicId);
    if (!persona)
      throw new Problem('not-found', 'This persona was taken away meanwhile', {
        detail: 'Look at the list of personas',
      });
    return persona;
  }

  /** Draws the portrait anew and keeps it as the next version, with what researchers said of the ones before. */
  async function drawNow(study: Study, drawing: Drawing, actor: Actor, by: By): Promise<Persona> {
    by.stopped?.throwIfAborted();
    await logs.settle();
    const { stands, name } = drawing;
    const persona = await personaOf(study, drawing);
    const versions = persona ? await store.personas.versionsOf(persona.id) : [];
    const [last] = versions;
    const before = versions.map((version) => ({
      number: Number(version.number),
      words: wordsOf(version),
      claims: readPortrait(version.portrait).claims,
    }));
    const segmentIds = stands.segments.map(({ id }) => id);
    const { portrait, kept, group } =
      stands.kind === 'assumption'
        ? { portrait: emptyPortrait('assumption'), kept: [], group: null }
        : await by.thread.ask(
            'portrait',
            {
              workspaceId: study.workspaceId,
              studyId: study.id,
              kind: stands.kind,
              segmentIds,
              combine: stands.combine,
              interviews: stands.interviews,
              worded: Object.keys(before[0]?.words ?? {}),
              now: now().getTime(),
            },
            by.onProgress,
          );
    const after = Number(last?.number ?? 0);
    const { claims, words } = carryWords(portrait.claims, kept, before, after + 1);
    const place = {
      studyId: study.id,
      personaId: persona?.id ?? null,
      segmentIds,
      kind: stands.kind,
      combine: stands.combine,
      interviews: stands.interviews && JSON.stringify(stands.interviews),
    };
    const version = {
      name: name ?? last?.name ?? nameOf(stands),
      lede: last?.lede ?? '',
      portrait: JSON.stringify({ ...portrait, claims } satisfies Portrait),
      words: JSON.stringify(words),
      note: last ? DRAWN_ANEW : '',
      groupId: group && (await store.personaGroups.add(group.surveyId, group.members)),
      createdBy: actor?.userId ?? null,
    };
    if (!by.run) return store.personas.addVersion(place, version, at(), after);
    const drawn = await store.personas.addDrawn(by.run, place, version, at(), after);
    if (!drawn) throw new Refusal('This was cancelled');
    return drawn;
  }

  runs.computes('personas', async (run, { study, actor, own: thread, onProgress, stopped }) => {
    const { isFace, stands, name } = JSON.parse(run.settings) as DrawingSettings;
    const of = isFace ? 'face' : run.subject === '' ? 'new' : { publicId: run.subject };
    await drawInTurn(() =>
      drawNow(study, { of, stands, name }, actor, { thread, onProgress, stopped, run }).catch((error: unknown) => {
        throw error instanceof Problem ? new Refusal(sentenceOf(error)) : error;
      }),
    );
  });

  return {
    /** Draws while whoever asked waits. @throws Problem `conflict` saying why there is nothing to draw */
    draw: (study: Study, drawing: Drawing, actor: Actor): Promise<Persona> =>
      drawInTurn(() =>
        drawNow(study, drawing, actor, { thread: context.thread }).catch((error: unknown) => {
          if (!(error instanceof Refusal)) throw error;
          throw new Problem('conflict', 'No persona can be drawn of them', { detail: error.message, cause: error });
        }),
      ),
    /** Draws in the queue of long work. What is being drawn just now is not begun again. */
    ask: (study: Study, drawing: Drawing, actor: Actor): Promise<Run> =>
      askInTurn(async () => {
        const { of, stands, name } = drawing;
        const subject = typeof of === 'string' ? '' : of.publicId;
        const settings: DrawingSettings = { isFace: of === 'face', stands, name };
        const same = (await store.analyses.runs(study.id, 'personas')).find(
          (run) =>
            (run.state === 'queued' || run.state === 'running') &&
            run.subject === subject &&
            run.settings === JSON.stringify(settings),
        );
        if (same) return same;
        const asked = {
          studyId: study.id,
          kind: 'personas' as const,
          surveyId: null,
          subject,
          seed: 0,
          settings,
          inputCut: {},
        };
        return runs.start(asked, actor);
      }),
  };
}

const sentenceOf = ({ message, detail }: Problem): string => [message, detail].filter((part) => part !== '').join('. ');
