import { writeCsv } from '../../exchange/delimited.ts';
import { Problem } from '../../model/problem.ts';
import { AUDIENCES, type Audience } from '../../privacy/audience.ts';
import type { Insight } from '../../store/insights.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm } from './frame.ts';
import { insightAddress, insightCrumbs, insightOf } from './insights.ts';

const ONE = '/studio/:study/insights/:insight';

/** The quotes of an insight as a file, for those who may read them. */
export function insightExportDoor(door: Doorway, house: House): void {
  const { store, insights, evidence, masking } = house.verbatim;

  const exportPage = (study: EnteredStudy, insight: Insight) => ({
    head: head(insightCrumbs(study, insight), 'Take the quotes out'),
    action: `${insightAddress(study, insight)}/export`,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.radios(
        'audience',
        'Who is to read them',
        AUDIENCES.map((audience) => ({ value: audience, ...AUDIENCE_NAMES[audience] })),
        { isRequired: true },
      ),
      make.text('reason', 'Why without masks', {
        hint: 'Only for the study’s own researchers; it is kept who took words without masks, and why',
      }),
    ],
    buttons: buttons('Save as CSV', { label: 'Cancel', href: insightAddress(study, insight) }),
  });
  door.get(`${ONE}/export`, 'researcher', async (visit, req, res) => {
    const insight = await insightOf(house, visit.study, req);
    const asked = AUDIENCES.find((one) => one === queryOf(req, 'audience')) ?? 'client';
    await showForm(house, visit, res, 'insights', exportPage(visit.study, insight), { audience: asked });
  });
  door.post(`${ONE}/export`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const insight = await insightOf(house, study, req);
    const form = formOf(req);
    const audience = AUDIENCES.find((one) => one === field(form, 'audience'));
    try {
      if (!audience)
        throw new Problem('invalid', 'There is something to look at', {
          errors: [{ pointer: '#/audience', detail: 'Choose who is to read them' }],
        });
      if (audience === 'internal')
        await masking.exported({ studyId: study.id, surveyId: null }, 'quotes of an insight', field(form, 'reason'), {
          userId: visit.user.id,
        });
    } catch (error) {
      if (!isForForm(error)) throw error;
      return showForm(house, visit, res, 'insights', exportPage(study, insight), form, error);
    }
    res.setHeader('Content-Disposition', `attachment; filename="quotes-${audience}.csv"`);
    res.type('text/csv; charset=utf-8').send(await quotesFile(study, insight, audience));
  });

  async function quotesFile(study: EnteredStudy, insight: Insight, audience: Audience): Promise<string> {
    const rows = await insights.read(study.id, await store.insights.evidenceOf(study.id, insight.id), { audience });
    return writeCsv(
      ['insight', 'stance', 'words', 'said in', 'speaker', 'machine draft'],
      rows.flatMap(({ quote, stance, state }) => {
        if (!quote.isVerbatim || state !== 'stands') return [];
        const { source } = quote;
        const speaker = audience === 'internal' ? source.speaker : evidence.speakerFor(source);
        return [
          [
            insight.statement,
            stance,
            quote.marked,
            source.kind === 'answer' ? 'an answer' : 'an interview',
            speaker ?? '',
            source.isDraft === 1 ? 1 : 0,
          ],
        ];
      }),
    );
  }
}

const AUDIENCE_NAMES: Readonly<Record<Audience, { label: string; hint: string }>> = {
  internal: { label: 'The study’s own researchers', hint: 'The words as they are, without masks' },
  client: {
    label: 'Those it was made for',
    hint: 'Of people who agreed to be quoted; names and whatever reaches them are hidden, names behind pseudonyms',
  },
  public: {
    label: 'Anybody',
    hint: 'Of people who agreed that their words are shared outside; everything personal is hidden',
  },
};
