import { cleanText } from '../model/clean-text.ts';
import { InterviewChoice, isDamagedChoice, readInterviewChoice } from '../model/interview-choice.ts';
import { Problem } from '../model/problem.ts';
import { PERSONA_KINDS } from '../personas/portrait.ts';
import type { Run } from '../store/analyses.ts';
import type { Persona } from '../store/personas.ts';
import type { Segment } from '../store/segments.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';
import { personaDesk } from './persona-desk.ts';
import { type Drawing, nameOf, personaDrawings, type Stands } from './persona-drawings.ts';
import type { Runs } from './runs.ts';

export { wordsOf } from './persona-drawings.ts';

/** Whom a persona stands for, as a form says it: segments by public id, in their order, and which interviews. */
export type PersonaForm = {
  kind: string;
  segments: readonly string[];
  combine: string;
  interviews: unknown;
  name: string;
};
const COMBINED = ['any', 'all'] as const;

/** Draws personas from segments and interviews, or keeps guesses as such, and keeps their versions. */
export function personaService(context: Context, runs: Runs) {
  const { store } = context;
  const drawings = personaDrawings(context, runs);

  async function readForm(study: Study, form: PersonaForm): Promise<Stands & { name: string }> {
    const errors: { pointer: string; detail: string }[] = [];
    const kind = PERSONA_KINDS.find((one) => one === form.kind);
    if (!kind) errors.push({ pointer: '#/kind', detail: 'Choose what it rests on' });
    const standing = await store.segments.list(study.id);
    const chosen = kind === 'quantified' ? [...new Set(form.segments)] : [];
    const segments = chosen.flatMap((id) => standing.find(({ publicId }) => publicId === id) ?? []);
    if (kind === 'quantified' && chosen.length === 0)
      errors.push({ pointer: '#/segments', detail: 'Choose at least one segment' });
    else if (segments.length < chosen.length)
      errors.push({ pointer: '#/segments', detail: 'A segment that was chosen no longer stands: choose anew' });
    const combine = COMBINED.find((one) => one === (form.combine || 'any'));
    if (!combine) errors.push({ pointer: '#/combine', detail: `Choose one of ${COMBINED.join(', ')}` });
    const interviews = kind === 'qualitative' ? InterviewChoice.safeParse(form.interviews) : null;
    if (interviews && !interviews.success)
      errors.push({ pointer: '#/interviews', detail: 'Say which interviews it stands for' });
    const name = cleanText(form.name, 'name');
    const isNamed = name.text.trim() !== '';
    if (name.isTooLong) errors.push({ pointer: '#/name', detail: 'Shorten it to 200 characters' });
    else if (!isNamed && kind && kind !== 'quantified')
      errors.push({ pointer: '#/name', detail: 'Enter a name: only a persona of segments may take theirs' });
    if (errors.length > 0 || !kind || !combine)
      throw new Problem('invalid', 'It is not clear whom the persona stands for', {
        detail: 'Mend what is named, then send it again',
        errors,
      });
    return {
      kind,
      combine,
      segments,
      interviews: interviews?.data ?? null,
      name: isNamed ? name.text.trim() : nameOf({ segments, combine }),
    };
  }

  async function standsFor(persona: Persona): Promise<Stands> {
    const { kind, combine, interviews } = persona;
    const segments = await store.personas.segmentsOf(persona.id);
    return { kind, combine, segments, interviews: readInterviewChoice(interviews) };
  }

  /** Its segment's face: its first version, or the next. */
  const ofSegment = ({ id, name: called }: Pick<Segment, 'id' | 'name'>, name: string | null): Drawing => ({
    of: 'face',
    stands: { kind: 'quantified', combine: 'any', segments: [{ id, name: called }], interviews: null },
    name,
  });

  async function ofForm(study: Study, form: PersonaForm): Promise<Drawing> {
    const { name, ...stands } = await readForm(study, form);
    return { of: 'new', stands, name };
  }

  async function again(study: Study, persona: Persona, form?: Omit<PersonaForm, 'name'>): Promise<Drawing> {
    const [last] = await store.personas.versionsOf(persona.id);
    if (!form && isDamagedChoice(persona.interviews))
      throw new Problem('conflict', 'Which interviews it stands for cannot be read any more', {
        detail: 'Its row is damaged: open “Whom it stands for” and choose them anew',
      });
    if (!form) return { of: persona, stands: await standsFor(persona), name: null };
    const { name: _, ...stands } = await readForm(study, { ...form, name: last?.name ?? '' });
    return { of: persona, stands, name: null };
  }

  return {
    /** Draws the persona of one segment: its first version, or the next. */
    draw: (study: Study, segment: Pick<Segment, 'id' | 'name'>, name: string | null, actor: Actor): Promise<Persona> =>
      drawings.draw(study, ofSegment(segment, name), actor),
    /**
     * A new persona: of segments, of interviews, or a guess.
     *
     * @throws Problem `invalid` naming what does not fit, `conflict` when there is nobody to draw it from
     */
    drawFrom: async (study: Study, form: PersonaForm, actor: Actor): Promise<Persona> =>
      drawings.draw(study, await ofForm(study, form), actor),
    /**
     * Draws a persona anew, of whom it stood for or of whom the form says: a guess becomes a quantified persona this way.
     *
     * @throws Problem as `drawFrom`, and `conflict` when somebody else changed it meanwhile
     */
    redraw: async (study: Study, persona: Persona, actor: Actor, form?: Omit<PersonaForm, 'name'>): Promise<Persona> =>
      drawings.draw(study, await again(study, persona, form), actor),
    /** The same as runs with progress, which tell what was refused; `invalid` is thrown at once. */
    ask: {
      draw: (study: Study, segment: Pick<Segment, 'id' | 'name'>, actor: Actor): Promise<Run> =>
        drawings.ask(study, ofSegment(segment, null), actor),
      drawFrom: async (study: Study, form: PersonaForm, actor: Actor): Promise<Run> =>
        drawings.ask(study, await ofForm(study, form), actor),
      redraw: async (study: Study, persona: Persona, actor: Actor, form?: Omit<PersonaForm, 'name'>): Promise<Run> =>
        drawings.ask(study, await again(study, persona, form), actor),
    },
    /** Which interviews and segments a persona stands for; no interviews where that cannot be read. */
    standsFor,
    ...personaDesk(context),
  };
}
export type Personas = ReturnType<typeof personaService>;
