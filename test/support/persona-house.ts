import type { Portrait, QuoteSpan } from '../../src/personas/portrait.ts';
import { visitor } from '../journeys/visitor.ts';
import { openFieldHouse } from './field-house.ts';
import { fullPortrait } from './full-portrait.ts';
import { plantGroup } from './plant-group.ts';
import { plantTalkedStudy } from './talked-study.ts';

/** A study with talks, recordings and codes, and personas that quote what was said there, over HTTP. */
export async function openPersonaHouse({ now = () => new Date('2026-03-20T10:00:00.000Z') } = {}) {
  const house = await openFieldHouse({ now });
  const { verbatim } = house;
  const { store } = verbatim;
  const study = await plantTalkedStudy(verbatim);
  const codings = await store.notes.codings(study.id, {});
  const spans = codings.slice(0, 3).map(
    ({ sourceId, sourceVersion, spanStart, spanEnd, spanHash }): QuoteSpan => ({
      sourceId,
      sourceVersion,
      spanStart,
      spanEnd,
      spanHash,
    }),
  );
  const segment = await store.segments.addDefined(
    study.id,
    'Rooted',
    { all: [] },
    house.survey.id,
    null,
    '2026-03-02T09:00:00.000Z',
  );
  const add = async (
    name: string,
    portrait: Portrait,
    segmentIds: number[] = [segment.id],
    more: { words?: Record<string, string>; note?: string; lede?: string } = {},
  ) =>
    (
      await store.personas.addVersion(
        { studyId: study.id, personaId: null, segmentIds, kind: portrait.kind },
        {
          name,
          lede: more.lede ?? '',
          portrait: JSON.stringify(portrait),
          words: JSON.stringify(more.words ?? {}),
          note: more.note ?? '',
          groupId: await plantGroup(verbatim, house.survey.id, portrait),
          createdBy: null,
        },
        now().toISOString(),
      )
    ).publicId;
  const member = async (name: string, role: 'viewer' | 'researcher') => {
    const email = `${name}@lab.example`;
    const password = 'three words together';
    await verbatim.accounts.add({ email, name, password }, { isAdmin: false, role, studyId: study.id });
    const person = visitor(house.url);
    await person.post('/sign-in', { email, password });
    return person;
  };
  return {
    ...house,
    study,
    studio: `/studio/${study.publicId}`,
    segment,
    spans,
    full: (options: Parameters<typeof fullPortrait>[1] = {}) => fullPortrait(spans, options),
    add,
    member,
    [Symbol.asyncDispose]: () => house[Symbol.asyncDispose](),
  };
}
