import { HUES, hueOf } from '../../coding/code-hue.ts';
import type { Form } from '../../model/answers.ts';
import { FORCES, type Force, RINGS, type Ring, STAGES, type Stage } from '../../personas/portrait.ts';
import {
  FORCE_NAMES,
  type ProposedPlace,
  type ProposedStory,
  RING_NAMES,
  STAGE_NAMES,
  type StandingPlace,
  type StandingStory,
} from '../../personas/story.ts';
import { type CodeForm, isForeignColor } from '../../services/codebook.ts';
import type { Code } from '../../store/notes.ts';
import { field } from '../form.ts';
import type { fieldMaker } from './frame.ts';

const small = (word: string): string => word.charAt(0).toLowerCase() + word.slice(1);
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** What a code’s form says of its place in the story: what holds by the codes above it, and what suggests itself. */
export type StoryChoices = { above: StandingStory; proposed: ProposedStory };
const NO_STORY: StoryChoices = {
  above: { ring: null, stage: null, force: null },
  proposed: { ring: null, stage: null, force: null },
};

/** A choice of a place. What suggests itself stands beside it, and is not chosen. */
function placeField<Place extends Ring | Stage | Force>(
  make: ReturnType<typeof fieldMaker>,
  field: { name: string; label: string; about: string; chosen: Place | null },
  places: readonly { value: Place; label: string; name: string }[],
  above: StandingPlace<Place> | null,
  proposal: ProposedPlace<Place> | null,
) {
  const nameOf = (place: Place) => places.find(({ value }) => value === place)?.name ?? place;
  const isOpen = field.chosen === null && above === null;
  const why =
    proposal?.by === 'guide'
      ? `since ${proposal.passages} of ${proposal.of} passages were said in the part “${proposal.part}” of the guide`
      : `by the name “${proposal?.name}”`;
  return make.select(
    field.name,
    field.label,
    [
      { value: '', label: above === null ? 'None' : `As “${above.by}” above it: ${nameOf(above.place)}` },
      ...places.map(({ value, label }) => ({ value, label })),
    ],
    {
      hint: proposal !== null && isOpen ? `${field.about}. Proposed: “${nameOf(proposal.place)}”, ${why}` : field.about,
    },
  );
}

/** The fields of a code; one that is new may be put under another. */
export const codeFields =
  (
    code: Code | null,
    under: readonly { value: string; label: string }[],
    { above, proposed }: StoryChoices = NO_STORY,
  ) =>
  (make: ReturnType<typeof fieldMaker>) => [
    make.text('name', 'Name', { isRequired: true }),
    make.area('definition', 'What it means', { rows: 3 }),
    make.area('inclusion', 'When to use it', { rows: 3, hint: 'What words must say to bear it' }),
    make.area('exclusion', 'When not', { rows: 3, hint: 'What is near it and belongs to another code' }),
    ...(code === null && under.length > 0
      ? [make.select('under', 'Under', [{ value: '', label: 'The top of the codebook' }, ...under])]
      : []),
    make.radios('color', 'Colour', [
      { value: '', label: 'As it comes' },
      ...HUES.map(({ name, hex }, index) => ({ value: hex, label: capital(name), segmentClass: `seg-${index + 1}` })),
      ...(code?.color != null && isForeignColor(code.color)
        ? [
            {
              value: code.color,
              label: `${code.color}, as another program gave it`,
              segmentClass: `seg-${hueOf(code.color, code.id)}`,
              hint: `Shown here as ${HUES[hueOf(code.color, code.id) - 1]?.name}, and written to files as it came`,
            },
          ]
        : []),
    ]),
    make.boxes('isCategory', 'Coding', [
      { value: '1', label: 'It only gathers the codes under it', hint: 'It is not offered for words to bear' },
    ]),
    placeField(
      make,
      {
        name: 'storyRing',
        label: 'In the buying story',
        about: 'Where personas tell it',
        chosen: code?.storyRing ?? null,
      },
      RINGS.map((value) => ({ value, label: RING_NAMES[value].label, name: RING_NAMES[value].label })),
      above.ring,
      proposed.ring,
    ),
    placeField(
      make,
      {
        name: 'storyStage',
        label: 'In the timeline of a switch',
        about: 'When it happens',
        chosen: code?.storyStage ?? null,
      },
      STAGES.map((value) => ({ value, label: STAGE_NAMES[value], name: STAGE_NAMES[value] })),
      above.stage,
      proposed.stage,
    ),
    placeField(
      make,
      {
        name: 'storyForce',
        label: 'Among the four forces',
        about: 'Whether it moves people on or holds them back',
        chosen: code?.storyForce ?? null,
      },
      FORCES.map((value) => {
        const { label: name, about } = FORCE_NAMES[value];
        return { value, label: `${name}: ${small(about)}`, name };
      }),
      above.force,
      proposed.force,
    ),
  ];

/** What a posted form says of a code. */
export const codeFormOf = (form: Form): CodeForm => ({
  name: field(form, 'name'),
  definition: field(form, 'definition'),
  inclusion: field(form, 'inclusion'),
  exclusion: field(form, 'exclusion'),
  color: field(form, 'color'),
  isCodable: field(form, 'isCategory') !== '1',
  storyRing: field(form, 'storyRing'),
  storyStage: field(form, 'storyStage'),
  storyForce: field(form, 'storyForce'),
});

/** A code as its form is filled with it. */
export const codeValues = (code: Code): Record<string, string> => ({
  name: code.name,
  definition: code.definition,
  inclusion: code.inclusion,
  exclusion: code.exclusion,
  color: code.color ?? '',
  isCategory: code.isCodable === 1 ? '' : '1',
  storyRing: code.storyRing ?? '',
  storyStage: code.storyStage ?? '',
  storyForce: code.storyForce ?? '',
});
