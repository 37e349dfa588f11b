import { codeTree, flatTree } from '../../coding/code-tree.ts';
import type { Form } from '../../model/answers.ts';
import { isSpoken, itemWording, surveyItems } from '../../model/items.ts';
import type { Wording } from '../../model/survey.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { showDate } from '../../render/helpers.ts';
import type { RoundForm } from '../../services/agreement.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { field, fieldList } from '../form.ts';
import { agreementAddress, agreementCrumbs, many, UNITS } from './agreement-place.ts';
import { buttons, type FormPage, type fieldMaker, head } from './frame.ts';

export type RoundOf = 'interviews' | 'answers';
/** So many codes are chosen to begin with at most: of many codes hardly any has enough words. */
const CHOSEN_MAX = 10;

/** The page on which a round is made, and what it holds to begin with. */
export async function newRoundPage(
  { verbatim }: House,
  study: EnteredStudy,
  of: RoundOf,
): Promise<{ page: FormPage; values: Record<string, string | string[]>; isReady: boolean }> {
  const { store } = verbatim;
  const codes = flatTree(codeTree(await store.codingDesk.codes(study.id))).filter(({ code }) => code.isCodable === 1);
  const coders = await store.studies.coders(study);
  const from = of === 'interviews' ? await interviewChoices(verbatim, study) : await questionChoices(verbatim, study);
  const at = agreementAddress(study);
  const missing = [
    ...(codes.length === 0 ? ['There are no codes yet: make some in the codebook first.'] : []),
    ...(coders.length < 2 ? ['Only one person may code here: ask an administrator to add another to the study.'] : []),
    ...(from.length === 0
      ? [
          of === 'interviews'
            ? 'There is no interview with words in it that may be analysed.'
            : 'There is no open question with a published survey.',
        ]
      : []),
  ];
  return {
    isReady: missing.length === 0,
    values: {
      of,
      unit: 'turn',
      minimum: '0.667',
      isBlind: '1',
      seed: '1',
      codes: codes.length <= CHOSEN_MAX ? codes.map(({ code }) => code.publicId) : [],
      interviews: from.length <= CHOSEN_MAX ? from.map(({ value }) => value) : [],
      coders: coders.length === 2 ? coders.map(({ id }) => String(id)) : [],
    },
    page: {
      head: head(
        agreementCrumbs(study),
        of === 'interviews' ? 'Have interviews coded twice' : 'Have answers coded twice',
        'Several people code the same words without seeing each other’s codes. What comes of it is shown when all are done.',
      ),
      action: `${at}/new`,
      notice:
        missing.length === 0
          ? null
          : {
              kind: 'warn',
              title: 'A round cannot begin yet',
              text: missing.join(' '),
              links: [{ label: 'Codebook', href: at.replace(/agreement$/, 'codebook') }],
            },
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.hidden('of'),
        make.text('name', 'Name', { hint: 'Left empty, it is numbered' }),
        ...(of === 'interviews'
          ? [make.boxes('interviews', 'Interviews', from, { isRequired: true })]
          : [make.select('question', 'Question', [{ value: '', label: 'Choose one' }, ...from], { isRequired: true })]),
        make.text('count', of === 'interviews' ? 'Draw only so many of them' : 'How many answers', {
          isShort: true,
          hint: 'Drawn at random; left empty, all are taken',
        }),
        make.text('seed', 'Seed', { isShort: true, hint: 'The same seed draws the same' }),
        ...(of === 'interviews'
          ? [
              make.radios(
                'unit',
                'What is counted',
                [
                  { value: 'turn', label: 'Turns', hint: UNITS.turn.says },
                  { value: 'characters', label: 'Characters', hint: UNITS.characters.says },
                ],
                { isRequired: true, hint: 'Only what those interviewed said is counted' },
              ),
            ]
          : []),
        make.boxes(
          'codes',
          'Codes to compare',
          codes.map(({ code, path }) => ({ value: code.publicId, label: path.join(' › ') })),
          {
            isRequired: true,
            hint: 'Fewer codes on more words tell more: five codes with fifteen passages each rather than fifteen with five',
          },
        ),
        make.boxes(
          'coders',
          'Who codes',
          coders.map(({ id, name }) => ({ value: String(id), label: name })),
          { isRequired: true, hint: 'Two or more. Whoever coded this before is compared by what they have coded' },
        ),
        make.text('minimum', 'Minimum alpha', {
          isShort: true,
          isRequired: true,
          hint: 'Below it a code is not relied on: 0.8 where much hangs on it, 0.667 at the lowest',
        }),
        make.boxes('isBlind', 'Blind', [
          {
            value: '1',
            label: 'Coders see their own codes only, until all are done',
            hint: 'Their codes do not count anywhere until then',
          },
        ]),
      ],
      buttons: buttons('Begin the round', { label: 'Cancel', href: at }),
    },
  };
}

async function interviewChoices({ store }: House['verbatim'], study: EnteredStudy) {
  const turns = Map.groupBy(await store.interviewTurns.list(study.id), ({ subjectId }) => subjectId);
  return [...turns].map(([value, own]) => ({
    value,
    label: own[0]?.title ?? value,
    hint: `${showDate(own[0]?.heldOn ?? '')}, ${many(own.length, 'turn')} of theirs`,
  }));
}

async function questionChoices({ store }: House['verbatim'], study: EnteredStudy) {
  const choices: { value: string; label: string }[] = [];
  for (const survey of await store.surveys.list(study.id)) {
    if (survey.publishedVersionId === null) continue;
    const { definition } = await store.surveys.version(survey.publishedVersionId);
    const word = (wording: Wording) => wordingIn(wording, definition.languages[0] ?? 'en', definition.languages);
    for (const item of surveyItems(definition).filter(isSpoken))
      choices.push({
        value: `${survey.publicId} ${item.address}`,
        label: `${itemWording(item, word)} (${word(definition.title)})`,
      });
  }
  return choices;
}

/** What was asked for, as it was typed. */
export function readRoundForm(form: Form): RoundForm {
  const number = (name: string): number => {
    const text = field(form, name).trim().replace(',', '.');
    return text === '' ? Number.NaN : Number(text);
  };
  const [survey = '', ...item] = field(form, 'question').split(' ');
  return {
    name: field(form, 'name'),
    unit: field(form, 'unit') === 'characters' ? 'characters' : 'turn',
    codes: fieldList(form, 'codes'),
    coders: fieldList(form, 'coders').map(Number),
    minimum: number('minimum'),
    isBlind: field(form, 'isBlind') === '1',
    of:
      field(form, 'of') === 'answers'
        ? { answers: { survey, item: item.join(' ') } }
        : { interviews: fieldList(form, 'interviews') },
    draw: field(form, 'count').trim() === '' ? null : { count: number('count'), seed: number('seed') },
  };
}
