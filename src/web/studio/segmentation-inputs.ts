import { ASKED_WAYS, type AskedWay } from '../../model/segmentation.ts';
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

/** Choosing what people are grouped by, and how that is made ready. */
export function segmentationInputsDoor(door: Doorway, house: House): void {
  const { segmentations } = house.verbatim;

  type Segmentation = Awaited<ReturnType<typeof segmentationOf>>;
  const offer = async (study: EnteredStudy, segmentation: Segmentation) => {
    const { blocks, themes, attributes } = await segmentations.offered(
      study,
      await segmentations.surveyOf(segmentation),
    );
    const choosable = [
      ...blocks.map((block) => ({
        ...block,
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
        inputs: own ?? [],
        options: (own ?? []).map(({ id, name, distrust }) => ({
          value: id,
          label: distrust ? `${name} (${distrust})` : name,
        })),
        hint: 'Whoever did not answer counts as missing, not as without the theme',
      })),
      ...(attributes.length === 0
        ? []
        : [
            {
              id: 'attributes',
              name: 'What is known of people',
              centring: 'none' as const,
              inputs: attributes,
              options: attributes.map(({ id, name }) => ({ value: id, label: name })),
              hint: 'Better left for describing segments: grouped by what people spend or do, they become tiers of spending or doing',
            },
          ]),
    ];
    return choosable.filter(({ inputs }) => inputs.length > 0);
  };

  async function inputsPage(study: EnteredStudy, segmentation: Segmentation) {
    const choosable = await offer(study, segmentation);
    const at = segmentationAddress(study, segmentation);
    return {
      head: head(
        segmentationCrumbs(study, segmentation),
        'What people are grouped by',
        'Choose what people hold, want or need. What they are, do and spend describes segments afterwards.',
      ),
      action: `${at}/inputs`,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.text('name', 'Name', { isRequired: true }),
        ...choosable.flatMap(({ id, name, options, hint, inputs }, index) => [
          make.boxes(`inputs-${index}`, name, options, { hint }),
          ...(inputs.length > 1 && id !== 'attributes' && !id.startsWith('themes:')
            ? [
                make.select(`centring-${index}`, `Centring of “${name}”`, [
                  { value: 'none', label: 'As answered' },
                  { value: 'person-mean', label: 'Within each person: less their own mean' },
                ]),
              ]
            : []),
          ...(id === 'attributes' ? [] : [make.text(`weight-${index}`, `Weight of “${name}”`, { isShort: true })]),
        ]),
        make.radios('missing', 'Where answers are missing', [
          { value: 'fill', label: 'Fill them from the person’s and the question’s mean', hint: 'Up to 30% of a block' },
          { value: 'leave-out', label: 'Leave these people out' },
        ]),
        make.boxes('balance', 'Blocks', [
          {
            value: 'yes',
            label: 'Count alike, however many columns each has',
            hint: 'Otherwise many columns drown few',
          },
        ]),
        make.boxes(
          'ways',
          'Whose answers count, by how they came to be asked',
          ASKED_WAYS.map((way) => ({ value: way, label: WAY_NAMES[way].name, hint: WAY_NAMES[way].hint })),
          { isRequired: true },
        ),
        make.hidden('changedAt'),
      ],
      buttons: buttons('Keep', { label: 'Cancel', href: at }),
    };
  }

  door.get('/studio/:study/segmentations/:segmentation/inputs', 'researcher', async (visit, req, res) => {
    const segmentation = await segmentationOf(house, visit.study, req);
    const settings = segmentations.settingsOf(segmentation);
    const choosable = await offer(visit.study, segmentation);
    const values: Record<string, string | string[]> = {
      name: segmentation.name,
      missing: settings.missing,
      balance: settings.isBalanced ? ['yes'] : [],
      ways: [...settings.ways],
      changedAt: segmentation.changedAt,
    };
    for (const [index, { id, centring }] of choosable.entries()) {
      values[`inputs-${index}`] = settings.inputs;
      values[`centring-${index}`] = settings.centring[id] ?? centring;
      values[`weight-${index}`] = String(settings.weights[id] ?? 1);
    }
    await showForm(house, visit, res, 'segments', await inputsPage(visit.study, segmentation), values);
  });

  door.post('/studio/:study/segmentations/:segmentation/inputs', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const form = formOf(req);
    const choosable = await offer(study, segmentation);
    const inputs: string[] = [];
    const centring: Record<string, string> = {};
    const weights: Record<string, number> = {};
    for (const [index, block] of choosable.entries()) {
      inputs.push(...fieldList(form, `inputs-${index}`));
      const centred = field(form, `centring-${index}`);
      if (centred !== '' && centred !== block.centring) centring[block.id] = centred;
      const weight = field(form, `weight-${index}`).trim().replace(',', '.');
      if (weight !== '' && weight !== '1') weights[block.id] = Number(weight);
    }
    const settings = {
      inputs,
      centring,
      weights,
      missing: field(form, 'missing') || 'fill',
      isBalanced: fieldList(form, 'balance').includes('yes'),
      ways: fieldList(form, 'ways'),
    };
    try {
      await segmentations.change(study, segmentation, {
        name: field(form, 'name'),
        settings,
        changedAt: field(form, 'changedAt'),
      });
      res.redirect(303, segmentationAddress(study, segmentation));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'segments', await inputsPage(study, segmentation), form, error);
    }
  });
}
