import type { WrittenPlace } from '../../store/let-go-written.ts';
import type { EnteredStudy } from '../doorway.ts';
import { studyAddress } from './frame.ts';

/** Lead to where words of somebody who withdrew were left; neither the words nor a name, which may be of them. */
export function writtenLinks(study: EnteredStudy, places: readonly WrittenPlace[]): { label: string; href: string }[] {
  const personas = [...new Set(places.map(({ persona }) => persona))];
  return places.map((place) => writtenLink(study, place, personas.indexOf(place.persona) + 1));
}

const WRITTEN_NAMES: Record<WrittenPlace['what'], string> = {
  name: 'the name',
  lede: 'the sentence about it',
  claim: 'how a claim is said',
  note: 'the note of what changed',
  governance: 'what it is good for',
  answer: 'an answer to a reader',
};

function writtenLink(study: EnteredStudy, { persona, what, version }: WrittenPlace, number: number) {
  const at = `${studyAddress(study)}/personas/${persona}`;
  const href =
    what === 'answer'
      ? `${studyAddress(study)}/reader-questions`
      : what === 'governance'
        ? `${at}/governance`
        : `${at}?version=${version}`;
  return { label: `Persona ${number}: ${WRITTEN_NAMES[what]}${version === null ? '' : `, version ${version}`}`, href };
}
