import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { ASKED_WAYS, type AskedWay } from '../../model/segmentation.ts';
import type { SampleOption } from '../../services/samples.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, fieldList, formOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm } from './frame.ts';
import { segmentationAddress, segmentationCrumbs, segmentationOf } from './segmentation-place.ts';

/** How people came to be asked, and how a sentence about some of them goes on. */
export const WAY_NAMES: Record<AskedWay, { name: string; hint: string; came: string }> = {
  open: { name: 'By an open link', hint: 'Whoever has the address', came: 'by an open link' },
  list: { name: 'From a list', hint: 'A personal link', came: 'from a list' },
  supplier: { name: 'From a sample supplier', hint: 'A panel', came: 'from a sample supplier' },
  widget: { name: 'On a page', hint: 'Drawn from its visitors', came: 'from a page' },
  rule: {
    name: 'By a rule',
    hint: 'Chosen by a segment rule: counted in, these make the segments that the rule looks for seem larger',
    came: 'by a rule, which asks a chosen part of people',
  },
  import: { name: 'Imported', hint: 'Asked elsewhere', came: 'by an import' },
};

/** A block of more inputs than this is folded until somebody opens it. */
const OPEN_MOST = 8;
const WEIGHT_WORDS = 'Enter a number above 0 and at most 10, such as 2';

type Segmentation = Awaited<ReturnType<typeof segmentationOf>>;
type Values = Readonly<Record<string, string | string[]>>;
type Choosable = Awaited<ReturnType<typeof choosableOf>>[number];

/** Everything that people can be grouped by, block by block. */
async function choosableOf({ verbatim: { segmentations } }: House, study: EnteredStudy, segmentation: Segmentation) {
  const { blocks, themes, attributes } = await segmentations.offered(study, await segmentations.surveyOf(segmentation));
  const choosable = [
    ...blocks.map((block) => ({
      id: block.id,
      name: block.name,
      centring: block.centring,
      isProvisional: block.isProvisional,
      canWeigh: true,
      canCentre: block.inputs.length > 1,
      options: block.inputs.map(({ id, name }) => ({ value: id, label: name })),
      hint: block.isSecond
        ? 'These make up scales above: choose either, seldom both'
        : block.centring === 'person-mean'
          ? 'Centred within each person, as the instrument asks for it'
          : null,
    })),
    ...Object.entries(Object.groupBy(themes, ({ subject }) => subject)).map(([subject, own]) => ({
      id: `themes:${subject}`,
      name: `Themes of ${subject}`,
      centring: 'none' as const,
      isProvisional: false,
      canWeigh: true,
      canCentre: false,
      options: (own ?? []).map(({ id, name, distrust }) => ({
        value: id,
        label: distrust ? `${name} (${distrust})` : name,
      })),
      hint: 'Whoever did not answer counts as missing, not as without the theme',
    })),
    {
      id: 'attributes',
      name: 'What is known of people',
      centring: 'none' as const,
      isProvisional: false,
      canWeigh: false,
      canCentre: false,
      options: attributes.map(({ id, name }) => ({ value: id, label: name })),
      hint: 'Better left for describing segments: grouped by what people spend or do, they become tiers of spending or doing',
    },
  ];
  return choosable.filter(({ options }) => options.length > 0).map((block, index) => ({ ...block, index }));
}

const valuesOf = (values: Values, name: string): string[] => {
  const value = values[name];
  return value === undefined ? [] : [value].flat();
};

/**
 * Blocks as the page lays them out: batteries each in a fold that says how much of it is chosen, questions that stand by
 * themselves together, and what is seldom changed in folds of its own.
 */
function layOut(
  choosable: readonly Choosable[],
  make: ReturnType<typeof fieldMaker>,
  values: Values,
  marked: number | null,
) {
  const errorOf = (name: string, label: string) => make.text(name, label)['error'] as string | null;
  const told = choosable.map((block) => {
    const { index, options } = block;
    const chosen = new Set(valuesOf(values, `inputs-${index}`));
    const inputs = options.map((option) => ({ ...option, isChosen: chosen.has(option.value) }));
    const weight = String(valuesOf(values, `weight-${index}`)[0] ?? '1').trim();
    const centring = valuesOf(values, `centring-${index}`)[0] ?? block.centring;
    const details = [
      ...(block.canCentre
        ? [
            make.select(`centring-${index}`, `Centring of “${block.name}”`, [
              { value: 'none', label: 'As answered' },
              { value: 'person-mean', label: 'Within each person: less their own mean' },
            ]),
          ]
        : []),
      ...(block.canWeigh ? [make.text(`weight-${index}`, `Weight of “${block.name}”`, { isShort: true })] : []),
    ];
    const hasError = errorOf(`weight-${index}`, '') !== null;
    const isUnusual = weight !== '1' || centring !== block.centring;
    const count = inputs.filter(({ isChosen }) => isChosen).length;
    return { ...block, inputs, details, hasError, isUnusual, count, weight, centring };
  });
  const isSingle = ({ options, id }: Pick<Choosable, 'options' | 'id'>) =>
    options.length === 1 && !id.startsWith('themes:') && id !== 'attributes';
  const singles = told.filter(isSingle);
  const blocks = told.filter((block) => !isSingle(block));
  const notes = (block: (typeof told)[number]) => [
    `${block.count} of ${block.inputs.length} chosen`,
    ...(block.centring === 'person-mean' ? ['centred'] : []),
    // What is no weight stands in its field with what is wrong with it.
    ...(block.weight !== '1' && !block.hasError ? [`weight ${block.weight}`] : []),
    ...(block.isProvisional ? ['provisional'] : []),
  ];
  return {
    blocks: blocks.map((block) => ({
      index: block.index,
      id: `inputs-${block.index}`,
      name: block.name,
      notes: notes(block).join(', '),
      isOpen: block.inputs.length <= OPEN_MOST || block.hasError || marked === block.index,
      hint: block.hint ?? '',
      inputs: block.inputs,
      hasMarks: block.inputs.length > 2,
      details: block.details,
      isDetailOpen: block.hasError || block.isUnusual,
      detailsTitle: block.canCentre ? 'Centring and weight' : 'Weight',
    })),
    singles:
      singles.length === 0
        ? null
        : {
            notes: `${singles.filter(({ count }) => count > 0).length} of ${singles.length} chosen`,
            isOpen: singles.length <= OPEN_MOST || singles.some(({ hasError }) => hasError),
            inputs: singles.map(({ index, inputs, hint, isProvisional }) => ({
              ...inputs[0]!,
              id: `inputs-${index}`,
              name: `inputs-${index}`,
              hint: [hint, isProvisional ? 'provisional' : null].filter((one) => one !== null).join('; '),
            })),
            details: singles.flatMap(({ details }) => details),
            isDetailOpen: singles.some(({ hasError, isUnusual }) => hasError || isUnusual),
          },
  };
}

/** Choosing what people are grouped by, and how that is made ready. */
export function segmentationInputsDoor(door: Doorway, house: House): void {
  const { segmentations, store } = house.verbatim;

  /** The named bases of its survey as they stand, beside the version that was chosen before. */
  async function basesOf(segmentation: Segmentation): Promise<SampleOption[]> {
    const { base } = segmentations.settingsOf(segmentation);
    const list =
      segmentation.surveyId === null ? [] : await store.sampleDefinitions.list(segmentation.surveyId, 'base');
    const named = list.map(({ publicId, name, version }) => ({ value: `${publicId}@${version}`, label: name }));
    return [
      { value: '', label: 'None: as ticked below' },
      ...named,
      ...(base === '' || named.some(({ value }) => value === base)
        ? []
        : [{ value: base, label: 'The version of a base that was chosen before' }]),
    ];
  }

  function inputsPage(
    study: EnteredStudy,
    segmentation: Segmentation,
    choosable: readonly Choosable[],
    bases: readonly SampleOption[],
    values: Values,
    marked: number | null = null,
  ) {
    const at = segmentationAddress(study, segmentation);
    const provisional = choosable.filter(({ isProvisional }) => isProvisional).map(({ name }) => `“${name}”`);
    const ways = valuesOf(values, 'ways');
    const chosenBase = valuesOf(values, 'base')[0] ?? '';
    let laidOut: Record<string, unknown> = {};
    return {
      view: 'studio/segmentation-inputs',
      head: head(
        segmentationCrumbs(study, segmentation),
        'What people are grouped by',
        'Choose what people hold, want or need. What they are, do and spend describes segments afterwards.',
      ),
      action: `${at}/inputs`,
      fields: (make: ReturnType<typeof fieldMaker>) => {
        const name = make.text('name', 'Name', { isRequired: true });
        const ready = [
          make.radios('missing', 'Where answers are missing', [
            {
              value: 'fill',
              label: 'Fill them from the person’s and the question’s mean',
              hint: 'Up to 30% of a block; whoever lacks more is placed afterwards, by the rest',
            },
            {
              value: 'leave-out',
              label: 'Group only people who answered everything',
              hint: 'The others are placed afterwards, by what they did answer',
            },
          ]),
          make.boxes('balance', 'Blocks', [
            {
              value: 'yes',
              label: 'Count alike, however many columns each has',
              hint: 'Otherwise many columns drown few',
            },
          ]),
        ];
        const asked = make.boxes(
          'ways',
          'Whose answers count, by how they came to be asked',
          ASKED_WAYS.map((way) => ({ value: way, label: WAY_NAMES[way].name, hint: WAY_NAMES[way].hint })),
          { isRequired: true },
        );
        const base = make.select('base', 'A named base', bases, {
          hint: 'Who counts by ways, waves, time and quality, under a name that stands beside every share. With one, the ways are its own',
        });
        const parts = layOut(choosable, make, values, marked);
        laidOut = {
          name,
          ...parts,
          provisional:
            provisional.length === 0
              ? ''
              : `Provisional, until more people have answered: ${provisional.join(', ')}. Nothing has shown yet that it measures what it is meant to.`,
          ready,
          readyNotes: [
            valuesOf(values, 'missing')[0] === 'leave-out' ? 'complete people only' : 'gaps filled',
            valuesOf(values, 'balance').includes('yes') ? 'blocks count alike' : 'columns count alike',
          ].join(', '),
          asked: [base, asked],
          askedNotes:
            chosenBase === ''
              ? `${ways.length} of ${ASKED_WAYS.length} ways`
              : (bases.find(({ value }) => value === chosenBase)?.label ?? ''),
          isAskedOpen: ways.length === 0,
          changedAt: valuesOf(values, 'changedAt')[0] ?? '',
        };
        return [
          name,
          ...choosable.map(({ index, name: label }) => make.boxes(`inputs-${index}`, label, [])),
          ...parts.blocks.flatMap(({ details }) => details),
          ...(parts.singles?.details ?? []),
          ...ready,
          base,
          asked,
        ];
      },
      buttons: buttons('Keep', { label: 'Cancel', href: at }),
      more: () => laidOut,
    };
  }

  door.get('/studio/:study/segmentations/:segmentation/inputs', 'researcher', async (visit, req, res) => {
    const segmentation = await segmentationOf(house, visit.study, req);
    const settings = segmentations.settingsOf(segmentation);
    const choosable = await choosableOf(house, visit.study, segmentation);
    const values: Record<string, string | string[]> = {
      name: segmentation.name,
      missing: settings.missing,
      balance: settings.isBalanced ? ['yes'] : [],
      ways: [...settings.ways],
      base: settings.base,
      changedAt: segmentation.changedAt,
    };
    for (const { index, id, centring, options } of choosable) {
      values[`inputs-${index}`] = options.map(({ value }) => value).filter((value) => settings.inputs.includes(value));
      values[`centring-${index}`] = settings.centring[id] ?? centring;
      values[`weight-${index}`] = String(settings.weights[id] ?? 1);
    }
    const page = inputsPage(visit.study, segmentation, choosable, await basesOf(segmentation), values);
    await showForm(house, visit, res, 'segments', page, values);
  });

  door.post('/studio/:study/segmentations/:segmentation/inputs', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const form = formOf(req);
    const choosable = await choosableOf(house, study, segmentation);
    const mark = /^(all|none):(\d{1,4})$/.exec(field(form, 'mark'));
    if (mark) {
      const block = choosable[Number(mark[2])];
      if (block) form[`inputs-${block.index}`] = mark[1] === 'all' ? block.options.map(({ value }) => value) : [];
      const page = inputsPage(study, segmentation, choosable, await basesOf(segmentation), form, block?.index ?? null);
      return showForm(house, visit, res, 'segments', page, form);
    }
    try {
      await segmentations.change(study, segmentation, {
        name: field(form, 'name'),
        settings: settingsFrom(choosable, form),
        changedAt: field(form, 'changedAt'),
      });
      res.redirect(303, segmentationAddress(study, segmentation));
    } catch (error) {
      if (!isForForm(error)) throw error;
      const problem = atFields(choosable, error);
      const page = inputsPage(study, segmentation, choosable, await basesOf(segmentation), form);
      await showForm(house, visit, res, 'segments', page, form, problem);
    }
  });
}

function settingsFrom(choosable: readonly Choosable[], form: Form) {
  const inputs: string[] = [];
  const centring: Record<string, string> = {};
  const weights: Record<string, number> = {};
  for (const block of choosable) {
    inputs.push(...fieldList(form, `inputs-${block.index}`));
    const centred = field(form, `centring-${block.index}`);
    if (centred !== '' && centred !== block.centring) centring[block.id] = centred;
    const weight = field(form, `weight-${block.index}`).trim().replace(',', '.');
    if (weight !== '' && weight !== '1') weights[block.id] = Number(weight);
  }
  return {
    inputs,
    centring,
    weights,
    missing: field(form, 'missing') || 'fill',
    isBalanced: fieldList(form, 'balance').includes('yes'),
    ways: fieldList(form, 'ways'),
    base: field(form, 'base'),
  };
}

/** What does not fit, at the fields of the page: a weight is known there by its block's place. */
function atFields(choosable: readonly Choosable[], problem: Problem): Problem {
  const fieldOf = new Map(choosable.map(({ id, index }) => [`#/weights/${id}`, `#/weight-${index}`]));
  const errors = problem.errors.map((error) => {
    const own = fieldOf.get(error.pointer);
    if (own) return { pointer: own, detail: WEIGHT_WORDS };
    if (error.pointer === '#/inputs') return { ...error, pointer: '#/inputs-0' };
    return error.pointer === '#/ways' ? { ...error, detail: 'Choose at least one way' } : error;
  });
  return new Problem(problem.kind, problem.message, { ...(problem.detail && { detail: problem.detail }), errors });
}
