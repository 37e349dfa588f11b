import { Problem } from '../../model/problem.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, fieldList, fieldsOf, formOf, notAmong, queryOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { insightAddress, insightOf } from './insights.ts';
import { quoteView } from './quote-view.ts';

const PASSAGES_AT_ONCE = 50;
const DEEDS = ['for', 'against', 'seen', 'remove'] as const;
const STANCES = [
  { value: 'for', label: 'They speak for it' },
  { value: 'against', label: 'They speak against it' },
];
const stanceOf = (value: string): 'for' | 'against' => (value === 'against' ? 'against' : 'for');

/** Which coded passages speak for an insight, and which against it. */
export function insightEvidenceDoor(door: Doorway, house: House): void {
  const { store, insights, evidence } = house.verbatim;
  const ONE = '/studio/:study/insights/:insight';

  door.get(`${ONE}/evidence`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const insight = await insightOf(house, study, req);
    const at = `${insightAddress(study, insight)}/evidence`;
    const codes = await store.notes.codes(study.id);
    const code = codes.find(({ publicId }) => publicId === queryOf(req, 'code')) ?? null;
    const all = code ? await store.notes.codings(study.id, { codeId: code.id, viewer: visit.user.id }) : [];
    const pages = Math.max(1, Math.ceil(all.length / PASSAGES_AT_ONCE));
    const page = Math.min(pages, Math.max(1, Math.trunc(Number(queryOf(req, 'page'))) || 1));
    const shown = all.slice((page - 1) * PASSAGES_AT_ONCE, page * PASSAGES_AT_ONCE);
    const read = await evidence.readQuotes(study.id, shown);
    const there = new Set((await store.insights.evidenceOf(study.id, insight.id)).map(placeOf));
    await showPage(house, visit, res, 'insights', 'studio/insight-evidence', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Insights', href: `${studyAddress(study)}/insights` },
          { label: 'Insight', href: insightAddress(study, insight) },
        ],
        'Add evidence',
        insight.statement,
      ),
      at,
      isChosen: code !== null,
      codes: codes.map(({ publicId, name, uses }) => ({
        publicId,
        label: `${name} (${Number(uses).toLocaleString('en-GB')})`,
        isChosen: publicId === code?.publicId,
      })),
      code: code?.publicId ?? '',
      page,
      stances: STANCES.map((one, index) => ({ ...one, isChosen: index === 0 })),
      passages: shown.flatMap((coding, index) => {
        const quote = read[index];
        if (!quote?.isVerbatim) return [];
        return [
          {
            id: coding.publicId,
            quote: quoteView(quote, { study, segmentClass: null }),
            isThere: there.has(placeOf(coding)),
          },
        ];
      }),
      pages:
        pages === 1
          ? null
          : {
              text: `Page ${page} of ${pages}`,
              before: page > 1 ? `${at}?code=${code?.publicId}&page=${page - 1}` : null,
              after: page < pages ? `${at}?code=${code?.publicId}&page=${page + 1}` : null,
            },
    });
  });
  door.post(`${ONE}/evidence`, 'researcher', async (visit, req, res) => {
    const insight = await insightOf(house, visit.study, req);
    const form = formOf(req);
    const codings = fieldList(form, 'coding').slice(0, PASSAGES_AT_ONCE);
    await insights.support(insight, codings, stanceOf(field(form, 'stance')), { userId: visit.user.id });
    res.redirect(303, insightAddress(visit.study, insight));
  });
  door.post(`${ONE}/evidence/:evidence`, 'researcher', async (visit, req, res) => {
    const insight = await insightOf(house, visit.study, req);
    const { do: asked } = fieldsOf(formOf(req), ['do']);
    const how = DEEDS.find((one) => one === asked);
    if (!how) throw notAmong('do', DEEDS);
    await insights.changeEvidence(insight, String(req.params['evidence']), how, { userId: visit.user.id });
    res.redirect(303, insightAddress(visit.study, insight));
  });

  const USE = '/studio/:study/use-in-insight';
  async function usePage(study: EnteredStudy, codingId: string) {
    const coding = await store.notes.findCoding(study.id, codingId);
    const [quote] = coding ? await evidence.readQuotes(study.id, [coding]) : [];
    if (!coding || !quote?.isVerbatim)
      throw new Problem('not-found', 'This passage is no longer coded, or its words are gone', {
        detail: 'Choose another passage in the codebook',
      });
    const code = await store.notes.codeById(coding.codeId);
    const back = code ? `${studyAddress(study)}/codebook/${code.publicId}` : `${studyAddress(study)}/codebook`;
    const list = (await store.insights.list(study.id)).filter(({ status }) => status !== 'retired');
    return {
      view: 'studio/use-in-insight',
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Codebook', href: `${studyAddress(study)}/codebook` },
          ...(code ? [{ label: code.name, href: back }] : []),
        ],
        'Use in an insight',
      ),
      action: `${studyAddress(study)}/use-in-insight`,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.hidden('coding'),
        make.select('insight', 'Which insight', [
          { value: '', label: 'A new one' },
          ...list.map(({ publicId, statement }) => ({ value: publicId, label: cut(statement) })),
        ]),
        make.area('statement', 'What you learned, for a new one', { rows: 3 }),
        make.radios('stance', 'These words', STANCES),
      ],
      buttons: buttons('Use these words', { label: 'Cancel', href: back }),
      more: { quote: quoteView(quote, { study, segmentClass: null }) },
    };
  }
  door.get(USE, 'researcher', async (visit, req, res) => {
    const coding = queryOf(req, 'coding');
    await showForm(house, visit, res, 'insights', await usePage(visit.study, coding), { coding, stance: 'for' });
  });
  door.post(USE, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    const coding = field(form, 'coding');
    const actor = { userId: visit.user.id };
    try {
      const known = field(form, 'insight') === '' ? null : await store.insights.find(study.id, field(form, 'insight'));
      const statement = field(form, 'statement');
      if (!known && statement.trim() === '')
        throw new Problem('invalid', 'There is something to look at', {
          errors: [{ pointer: '#/statement', detail: 'Choose an insight, or say what you learned' }],
        });
      const insight =
        known ?? (await insights.add(study, { statement, note: '', status: 'draft', ownerId: visit.user.id }, actor));
      await insights.support({ id: insight.id, studyId: study.id }, [coding], stanceOf(field(form, 'stance')), actor);
      res.redirect(303, insightAddress(study, insight));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'insights', await usePage(study, coding), form, error);
    }
  });
}

const placeOf = (row: { sourceId: string; sourceVersion: number; spanStart: number; spanEnd: number }): string =>
  `${row.sourceId} ${row.sourceVersion} ${row.spanStart} ${row.spanEnd}`;

/** A statement as a choice in a list. */
const cut = (text: string): string => {
  const points = [...text.replaceAll(/\s+/g, ' ')];
  return points.length > 90 ? `${points.slice(0, 89).join('')}…` : points.join('');
};
