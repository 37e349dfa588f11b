/** A name and a sentence, as a researcher would give them to a segment once it has been found. */
export type Face = {
  /** The scale on which the segment stands highest among the four about the home. */
  scale: string;
  segment: string;
  persona: string;
  lede: string;
};

/** How the four segments of the demonstration are called, told apart by what a home is to them. */
export const demoFaces: readonly Face[] = [
  {
    scale: 'home12.roots',
    segment: 'Rooted carers',
    persona: 'Rooted carer',
    lede: 'A home is where everybody finds room at the table; the move comes when somebody needs them nearer.',
  },
  {
    scale: 'home12.own-way',
    segment: 'Fresh starters',
    persona: 'Fresh starter',
    lede: 'A home is the first thing that answers to nobody else, and it fills piece by piece.',
  },
  {
    scale: 'home12.standing',
    segment: 'Career climbers',
    persona: 'Career climber',
    lede: 'A home shows how far one has come, and has to keep step with the next job.',
  },
  {
    scale: 'home12.stillness',
    segment: 'Quiet seekers',
    persona: 'Quiet seeker',
    lede: 'A home is silence and something green outside; what lasts may cost more.',
  },
];

/**
 * Gives every segment a face of its own: again and again the segment and the face that fit best among those left.
 *
 * @param centres for each segment its mean on every scale, as z-scores by the scale's name
 * @param faces as many as there are segments, or more
 * @returns a face for each segment, in their order; undefined when the faces ran out
 *
 * @example
 * giveFaces([{ a: 0.2, b: 1 }, { a: 0.1, b: 0.5 }], [{ scale: 'a' }, { scale: 'b' }]).map((face) => face?.scale) // => ['b', 'a']
 */
export function giveFaces<Given extends { scale: string }>(
  centres: readonly Readonly<Record<string, number>>[],
  faces: readonly Given[],
): (Given | undefined)[] {
  const given: (Given | undefined)[] = centres.map(() => undefined);
  const pairs = centres
    .flatMap((centre, segment) =>
      faces.map((face) => ({ segment, face, height: centre[face.scale] ?? Number.NEGATIVE_INFINITY })),
    )
    .sort((a, b) => b.height - a.height);
  for (const { segment, face } of pairs) {
    if (given[segment] === undefined && !given.includes(face)) given[segment] = face;
  }
  return given;
}
