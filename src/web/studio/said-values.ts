import { HUMAN_VALUES, valueCodeName } from '../../coding/human-values.ts';
import { TOKENS_MIN } from '../../coding/value-salience.ts';
import { showDate } from '../../render/helpers.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import { trustView } from './coder-view.ts';
import { showCount } from './comparison-place.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';

/** Human values: a code set for the codebook, and where what the coder makes of it may be used. */
export function saidValueDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, saidValues } = verbatim;
  const address = (study: { publicId: string }) => `${studyAddress(study)}/codebook/values`;

  const pageHead = (study: EnteredStudy) =>
    head(
      [
        { label: study.name, href: studyAddress(study) },
        { label: 'Codebook', href: `${studyAddress(study)}/codebook` },
      ],
      'Values (Schwartz)',
      'Ten basic human values and the four they make up. People code them; the coder learns them from what they coded, and never from a list of words.',
    );

  async function valuesPage(study: EnteredStudy, tooFew: { people: number; tooFew: number } | null) {
    const codes = await store.notes.codes(study.id);
    const known = await saidValues.agreements(study);
    const told = await saidValues.told(study);
    const values = HUMAN_VALUES.flatMap((value) => {
      const code = codes.find(({ humanValue }) => humanValue === value.key);
      const agreement = known.get(value.key) ?? null;
      return code
        ? [{ value, code, isUsed: Number(code.uses) > 0 || agreement !== null, trust: trustView(agreement) }]
        : [];
    });
    const used = values.filter(({ isUsed }) => isUsed);
    return {
      view: 'studio/said-values',
      head: pageHead(study),
      action: `${address(study)}/tell`,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.boxes(
          'values',
          'Tell how much of what people say speaks of',
          used.map(({ value, trust }) => ({
            value: value.key,
            label: value.name,
            hint: trust.text,
          })),
          { isRequired: true },
        ),
        make.boxes('override', 'Where agreement is too weak', [
          {
            value: '1',
            label: 'Use it all the same',
            hint: 'Its name then says so wherever a rule, a segment or an export shows it',
          },
        ]),
      ],
      buttons: buttons('Tell it as attributes', { label: 'Cancel', href: `${studyAddress(study)}/codebook` }),
      notice: tooFew
        ? {
            kind: 'good',
            title: `Told of ${tooFew.people === 1 ? 'one person' : `${showCount(tooFew.people)} people`}`,
            text:
              tooFew.tooFew === 0
                ? null
                : `Of ${showCount(tooFew.tooFew)} nothing is told: they said fewer than ${TOKENS_MIN} words.`,
            links: [],
          }
        : null,
      more: {
        table: {
          caption: 'Values in this codebook',
          isCaptionHidden: true,
          isStacked: true,
          columns: [
            { label: 'Value', isNumber: false },
            { label: 'Within', isNumber: false },
            { label: 'Coded passages', isNumber: true },
            { label: 'Coder and people agree', isNumber: false },
          ],
          rows: values.map(({ value, code, trust }) => ({
            cells: [
              { text: value.name, href: `${studyAddress(study)}/codebook/${code.publicId}`, isNumber: false },
              {
                text: HUMAN_VALUES.find(({ key }) => key === value.within)?.name ?? '–',
                href: null,
                isNumber: false,
              },
              { text: showCount(Number(code.uses)), href: null, isNumber: true },
              { text: trust.text, href: null, isNumber: false },
            ],
          })),
        },
        isUsed: used.length > 0,
        tokensMin: TOKENS_MIN,
        told: told.map(({ name, people, at }) => ({ name, people: showCount(people), at: showDate(at) })),
        untell: `${address(study)}/untell`,
        coder: `${studyAddress(study)}/codebook/coder`,
      },
    };
  }

  door.get('/studio/:study/codebook/values', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const codes = await store.notes.codes(study.id);
    if (!codes.some(({ humanValue }) => humanValue !== null))
      return showPage(house, visit, res, 'codebook', 'studio/said-values-add', {
        head: pageHead(study),
        action: `${address(study)}/add`,
        groups: HUMAN_VALUES.filter(({ within }) => within === null).map((group) => ({
          name: group.name,
          definition: group.definition,
          values: HUMAN_VALUES.filter(({ within }) => within === group.key),
        })),
        example: valueCodeName({ name: 'Security' }),
      });
    const [people, tooFew] = [queryOf(req, 'people'), queryOf(req, 'few')];
    const isTold = /^\d{1,9}$/.test(people) && /^\d{1,9}$/.test(tooFew);
    await showForm(
      house,
      visit,
      res,
      'codebook',
      await valuesPage(study, isTold ? { people: Number(people), tooFew: Number(tooFew) } : null),
    );
  });
  door.post('/studio/:study/codebook/values/add', 'researcher', async (visit, _req, res) => {
    await saidValues.addCodes(visit.study);
    res.redirect(303, `${studyAddress(visit.study)}/codebook`);
  });
  door.post('/studio/:study/codebook/values/tell', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    try {
      const { people, tooFew } = await saidValues.tell(visit.study, {
        values: fieldList(form, 'values'),
        isOverridden: field(form, 'override') === '1',
      });
      res.redirect(303, `${address(visit.study)}?people=${people}&few=${tooFew}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'codebook', await valuesPage(visit.study, null), form, error);
    }
  });
  door.post('/studio/:study/codebook/values/untell', 'researcher', async (visit, _req, res) => {
    await saidValues.untell(visit.study);
    res.redirect(303, address(visit.study));
  });
}
