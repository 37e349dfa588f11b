import type { Request } from 'express';
import { writeCsv } from '../../exchange/delimited.ts';
import { Problem } from '../../model/problem.ts';
import { Weighting } from '../../model/weighting.ts';
import { showDate } from '../../render/helpers.ts';
import type { SampleDefinition } from '../../store/sample-definitions.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, fieldList, formOf } from '../form.ts';
import { removedNotice } from './base-samples.ts';
import { SURVEY } from './fieldwork-place.ts';
import { buttons, type fieldMaker, head, isForForm, PAGE_WAIT_MS, showForm, showPage } from './frame.ts';
import { basesAddress, sampleCrumbs, sampleOfAddress, versionsTable, weightingsAddress } from './samples-place.ts';
import { surveyAddress, surveyOf } from './surveys.ts';
import { columnsIn, type WeighingBy, weightingFields, weightingFrom, weightingValues } from './weighting-form.ts';
import { weighedView } from './weighting-view.ts';

/** Weightings of a survey's responses: by known shares, by how likely people were asked, or by both. */
export function weightingDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { samples, store } = verbatim;

  const listed = (list: readonly SampleDefinition[], at: string) =>
    list.map(({ publicId, name, version, madeAt }) => ({
      cells: [
        { text: name, href: `${at}/${publicId}`, isNumber: false },
        { text: String(version), href: null, isNumber: true },
        { text: showDate(madeAt), href: null, isNumber: false },
      ],
    }));

  door.get(`${SURVEY}/weightings`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const [at, bases] = [weightingsAddress(study, survey), basesAddress(study, survey)];
    const columns = (label: string) => [
      { label, isNumber: false },
      { label: 'Version', isNumber: true },
      { label: 'Made', isNumber: false },
    ];
    await showPage(house, visit, res, 'surveys', 'studio/weightings', {
      head: head(
        sampleCrumbs(study, survey).slice(0, -1),
        'Weights and bases',
        'Who counts in this survey when shares of people are told, and how much each counts.',
        study.role === 'viewer'
          ? []
          : [
              { label: 'New weighting', href: `${at}/choose`, isPrimary: true },
              { label: 'Name a base', href: `${bases}/new`, isPrimary: false },
            ],
      ),
      weightings: {
        caption: 'Weightings',
        emptyText: 'None yet: every response counts alike.',
        columns: columns('Weighting'),
        rows: listed(await store.sampleDefinitions.list(survey.id, 'weighting'), at),
      },
      bases: {
        caption: 'Named bases',
        emptyText: 'None yet: figures are told of everybody whom no rule asked.',
        columns: columns('Base'),
        rows: listed(await store.sampleDefinitions.list(survey.id, 'base'), bases),
      },
      uses: [
        {
          label: 'Answers counted under a weighting or of a base',
          href: `${surveyAddress(study, survey)}/results/weighted`,
        },
        { label: 'Trends between waves', href: `${surveyAddress(study, survey)}/fieldwork/trends` },
      ],
    });
  });

  const choicePage = (study: EnteredStudy, survey: SurveyRow, columns: WeighingBy['columns']) => ({
    head: head(
      sampleCrumbs(study, survey),
      'What to weigh by',
      'The shares themselves come on the next page. A few that go with the answers do more than many that do not.',
    ),
    action: `${weightingsAddress(study, survey)}/choose`,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.boxes(
        'by',
        'How likely people were asked',
        [
          {
            value: 'asked',
            label: 'One over the probability of having been asked',
            hint: 'It is stored for people asked on pages; for others you can say it',
          },
        ],
        { hint: 'Needed where no known shares are chosen' },
      ),
      make.boxes(
        'column',
        'Known shares',
        columns.map(({ id, name, n, of }) => ({
          value: id,
          label: name,
          hint: `${n.toLocaleString('en-GB')} of ${of.toLocaleString('en-GB')} have it`,
        })),
        { hint: 'Needed where it is not how likely people were asked' },
      ),
      make.hidden('of'),
    ],
    buttons: buttons('Go on', { label: 'Cancel', href: weightingsAddress(study, survey) }),
  });
  door.get(`${SURVEY}/weightings/choose`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const { columns } = await samples.weighable(survey);
    const of = listOf(req, 'of')[0] ?? '';
    const kept = of === '' ? null : await samples.find(survey, 'weighting', of);
    const weighting = kept ? Weighting.parse(kept.definition) : null;
    await showForm(house, visit, res, 'surveys', choicePage(visit.study, survey, columns), {
      of,
      ...(weighting?.asked ? { by: 'asked' } : {}),
      column: weighting?.raked?.margins.map(({ column }) => column) ?? [],
    });
  });
  door.post(`${SURVEY}/weightings/choose`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const form = formOf(req);
    const [by, columns, of] = [field(form, 'by'), fieldList(form, 'column'), field(form, 'of')];
    if (by === '' && columns.length === 0) {
      const offered = await samples.weighable(survey);
      const problem = new Problem('invalid', 'There is nothing to weigh by', {
        errors: [{ pointer: '#/column', detail: 'Choose known shares, how likely people were asked, or both' }],
      });
      await showForm(house, visit, res, 'surveys', choicePage(study, survey, offered.columns), form, problem);
      return;
    }
    const query = new URLSearchParams(by === '' ? {} : { by: 'asked' });
    for (const id of columns) query.append('column', id);
    const at = weightingsAddress(study, survey);
    res.redirect(303, `${of === '' ? `${at}/new` : `${at}/${encodeURIComponent(of)}/edit`}?${query}`);
  });

  /** What a form asks for: chosen columns, in the order they were chosen, as far as they are there. */
  async function formPage(
    study: EnteredStudy,
    survey: SurveyRow,
    kept: SampleDefinition | null,
    chosen: { isByProbability: boolean; columns: readonly string[] },
  ) {
    const { columns, ways } = await samples.weighable(survey);
    const byId = new Map(columns.map((column) => [column.id, column]));
    const by: WeighingBy = {
      isByProbability: chosen.isByProbability,
      columns: chosen.columns.flatMap((id) => byId.get(id) ?? []),
    };
    const weighting = kept ? Weighting.parse(kept.definition) : null;
    const bases = await samples.baseOptions(survey);
    // A version that does not stand any more is still the one that was chosen.
    if (weighting && !bases.some(({ value }) => value === weighting.base)) {
      const [publicId] = weighting.base.split('@');
      const place = bases.findIndex(({ value }) => value === publicId);
      const label = `${bases[place]?.label ?? 'A base that was removed'}, as this weighting has it`;
      bases.push({ value: weighting.base, label });
    }
    const at = weightingsAddress(study, survey);
    const own = kept ? `${at}/${kept.publicId}` : null;
    const gone = chosen.columns.length - by.columns.length;
    return {
      by,
      page: {
        head: head(
          sampleCrumbs(study, survey, kept && own ? [{ label: kept.name, href: own }] : []),
          kept ? 'Change the weighting' : 'New weighting',
          null,
        ),
        action: own ?? `${at}/new`,
        notice:
          gone > 0
            ? {
                kind: 'warn',
                title: gone === 1 ? 'One thing to weigh by is gone' : `${gone} things to weigh by are gone`,
                text: 'Nobody has it any more, or all have it alike. The new version does without it.',
                links: [],
              }
            : {
                kind: 'info',
                title: `Weighed by ${[...(by.isByProbability ? ['how likely people were asked'] : []), ...by.columns.map(({ name }) => `“${name}”`)].join(', ') || 'nothing yet'}`,
                text: null,
                links: [{ label: 'Choose otherwise', href: `${at}/choose${kept ? `?of=${kept.publicId}` : ''}` }],
              },
        fields: (make: ReturnType<typeof fieldMaker>) =>
          weightingFields(make, by, { bases, ways, isChange: kept !== null }),
        buttons: buttons(kept ? 'Save as a new version' : 'Save the weighting', { label: 'Cancel', href: own ?? at }),
      },
    };
  }

  door.get(`${SURVEY}/weightings/new`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const chosen = { isByProbability: listOf(req, 'by')[0] === 'asked', columns: listOf(req, 'column') };
    if (!chosen.isByProbability && chosen.columns.length === 0)
      return res.redirect(303, `${weightingsAddress(study, survey)}/choose`);
    const { page, by } = await formPage(study, survey, null, chosen);
    await showForm(house, visit, res, 'surveys', page, weightingValues(by, null));
  });
  door.post(`${SURVEY}/weightings/new`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const form = formOf(req);
    try {
      const publicId = await samples.addWeighting(survey, await samples.weightingOfForm(survey, weightingFrom(form)), {
        userId: visit.user.id,
      });
      res.redirect(303, `${weightingsAddress(study, survey)}/${publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      const chosen = { isByProbability: field(form, 'by') === 'asked', columns: columnsIn(form) };
      await showForm(house, visit, res, 'surveys', (await formPage(study, survey, null, chosen)).page, form, error);
    }
  });

  door.get(`${SURVEY}/weightings/:sample`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const kept = await sampleOfAddress(house, survey, 'weighting', req);
    const at = `${weightingsAddress(study, survey)}/${kept.publicId}`;
    const weighting = Weighting.parse(kept.definition);
    const mayChange = study.role !== 'viewer' && kept.removedAt === null && kept.number === kept.version;
    let weighed: ReturnType<typeof weighedView> | null = null;
    let base = '';
    let problem: Record<string, unknown> | null = null;
    try {
      const found = await samples.weigh(survey, weighting);
      weighed = weighedView(found);
      base = found.base;
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'conflict') throw error;
      problem = { kind: 'bad', title: 'This weighting cannot be worked out now', text: error.message, links: [] };
    }
    const by = [
      ...(weighting.asked ? ['how likely people were asked'] : []),
      ...(weighting.raked?.margins.map(({ name }) => `“${name}”`) ?? []),
    ].join(', ');
    await showPage(house, visit, res, 'surveys', 'studio/weighting', {
      head: head(
        sampleCrumbs(study, survey),
        kept.name,
        `Weighed by ${by}. Version ${kept.number}, made ${showDate(kept.madeAt)}; worked out of the answers as they are now.`,
        [
          ...(mayChange ? [{ label: 'Change', href: `${at}/edit`, isPrimary: true }] : []),
          ...(weighed && study.role !== 'viewer'
            ? [{ label: 'Weights as CSV', href: `${at}/weights.csv?version=${kept.number}`, isPrimary: false }]
            : []),
        ],
      ),
      notice: removedNotice(kept),
      problem,
      base,
      weighed,
      results: `${surveyAddress(study, survey)}/results/weighted?weighting=${kept.publicId}`,
      versions: await versionsTable(house, kept, at, showDate),
      remove: mayChange ? `${at}/remove` : null,
    });
  });
  door.get(`${SURVEY}/weightings/:sample/weights.csv`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const kept = await sampleOfAddress(house, survey, 'weighting', req);
    const { weights } = await samples.weigh(survey, Weighting.parse(kept.definition));
    res.setHeader('Content-Disposition', `attachment; filename="weights-version-${kept.number}.csv"`);
    res.type('text/csv; charset=utf-8').send(
      writeCsv(
        ['response', 'weight'],
        weights.map(({ response, weight }) => [response, weight]),
      ),
    );
  });
  door.get(`${SURVEY}/weightings/:sample/edit`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const kept = await sampleOfAddress(house, survey, 'weighting', req);
    const weighting = Weighting.parse(kept.definition);
    const isChosenAnew = listOf(req, 'by').length + listOf(req, 'column').length > 0;
    const { page, by } = await formPage(visit.study, survey, kept, {
      isByProbability: isChosenAnew ? listOf(req, 'by')[0] === 'asked' : weighting.asked !== null,
      columns: isChosenAnew ? listOf(req, 'column') : (weighting.raked?.margins.map(({ column }) => column) ?? []),
    });
    const values = weightingValues(by, { name: kept.name, weighting, version: kept.number });
    await showForm(house, visit, res, 'surveys', page, values);
  });
  door.post(`${SURVEY}/weightings/:sample`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const kept = await sampleOfAddress(house, survey, 'weighting', req);
    const form = formOf(req);
    try {
      const said = await samples.weightingOfForm(survey, weightingFrom(form));
      await samples.changeWeighting(survey, kept, Number(field(form, 'version')), said, {
        userId: visit.user.id,
      });
      res.redirect(303, `${weightingsAddress(study, survey)}/${kept.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      const chosen = { isByProbability: field(form, 'by') === 'asked', columns: columnsIn(form) };
      await showForm(house, visit, res, 'surveys', (await formPage(study, survey, kept, chosen)).page, form, error);
    }
  });
  door.post(`${SURVEY}/weightings/:sample/remove`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await samples.remove(await sampleOfAddress(house, survey, 'weighting', req));
    res.redirect(303, weightingsAddress(visit.study, survey));
  });
}

/** All values of one name in the address's query. */
function listOf(req: Request, name: string): string[] {
  const value = (req.query as Record<string, unknown>)[name];
  return [value].flat().filter((one): one is string => typeof one === 'string' && one !== '');
}
