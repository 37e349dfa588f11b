import type { Request, Response } from 'express';
import { sliceSpan } from '../../coding/spans.ts';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import type { Code, Coding } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import { segmentLines } from './codebook-code.ts';
import { codeAddress, codebookCrumbs, codeOf, codeOptions, isLive, isOwn, plural } from './codebook-place.ts';
import { answerRefused, fieldMaker, head, isForForm, showPage, summaryOf } from './frame.ts';
import { quoteView } from './quote-view.ts';

const PAGE_PASSAGES = 50;
type Narrowed = { words: string; kind: '' | 'answer' | 'turn' };

/** Merging codes, and moving passages from one to another: what will happen is said before it does. */
export function recodeDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, codeChanges, evidence } = verbatim;
  const CODE = '/studio/:study/codebook/:code';

  const changeable = async (study: EnteredStudy, req: Request): Promise<Code> => {
    const code = await codeOf(house, study, req);
    if (!isLive(code))
      throw new Problem('not-found', 'This code was taken out of the codebook', { detail: 'Bring it back first' });
    return code;
  };

  async function showMerge(visit: StudyVisit, req: Request, res: Response, intoId: string, problem: Problem | null) {
    const { study } = visit;
    const code = await changeable(study, req);
    const at = codeAddress(study, code);
    const codes = (await store.codebook.all(study.id)).filter(isOwn);
    const into = codes.find(({ publicId, id }) => publicId === intoId && id !== code.id) ?? null;
    const make = fieldMaker({ into: into?.publicId ?? '' }, problem?.errors ?? []);
    const ties = await codeChanges.ties(study, code);
    const shared = into ? await codeChanges.shared(code, into) : 0;
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'codebook', 'studio/code-change', {
      head: head(
        codebookCrumbs(study, { label: code.name, href: at }),
        into ? `Merge “${code.name}” into “${into.name}”` : `Merge “${code.name}” into another code`,
        into ? null : 'Choose the code that stays. What will happen is shown before it does.',
      ),
      isError: problem !== null,
      summary: problem ? summaryOf(problem, ['into']) : null,
      choose: {
        action: `${at}/merge`,
        field: make.select(
          'into',
          'The code that stays',
          [
            { value: '', label: 'Choose one' },
            ...codeOptions(codes, (one) => one.id !== code.id && one.isCodable === 1),
          ],
          { isRequired: true },
        ),
        label: into ? 'Look at this one' : 'Show what will happen',
      },
      follows: into
        ? [
            `${plural(ties.passages, 'passage', 'passages')} of “${code.name}” ${ties.passages === 1 ? 'comes' : 'come'} under “${into.name}”.`,
            ...(shared > 0
              ? [
                  `${plural(shared, 'passage lies', 'passages lie')} on the same words under both: it counts once from then on.`,
                ]
              : []),
            ...(ties.unsettled > 0
              ? [`Codings of second coders that are not settled yet come along: ${ties.unsettled}.`]
              : []),
            ...(ties.beneath > 0
              ? [`${plural(ties.beneath, 'code under it comes', 'codes under it come')} along.`]
              : []),
            ...(ties.memos > 0 ? [`${plural(ties.memos, 'memo about it comes', 'memos about it come')} along.`] : []),
            ...(ties.themes > 0
              ? [
                  `${plural(ties.themes, 'theme that became it belongs', 'themes that became it belong')} to “${into.name}”.`,
                ]
              : []),
            ...(ties.waiting > 0
              ? [
                  `${plural(ties.waiting, 'proposal', 'proposals')} of the coder for it are no longer offered; let it propose anew.`,
                ]
              : []),
            ...segmentLines(ties.segments, `then ask for “${into.name}”, which has the same passages and its own`),
            `The definition of “${into.name}” stays as it is. All of it can be undone.`,
          ]
        : [],
      act: into
        ? {
            action: `${at}/merge`,
            label: 'Merge them',
            fields: [{ name: 'into', value: into.publicId }],
            isDangerous: true,
          }
        : null,
      cancel: at,
    });
  }
  door.get(`${CODE}/merge`, 'researcher', (visit, req, res) => showMerge(visit, req, res, queryOf(req, 'into'), null));
  door.post(`${CODE}/merge`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const code = await changeable(study, req);
    const into = field(formOf(req), 'into');
    try {
      if (into === '')
        throw new Problem('invalid', 'Choose the code that stays', {
          errors: [{ pointer: '#/into', detail: 'Choose a code' }],
        });
      await codeChanges.merge(study, code.publicId, into, { userId: visit.user.id });
      const kept = await store.notes.findCode(study.id, into);
      res.redirect(303, `${codeAddress(study, kept ?? code)}?done=merged`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showMerge(visit, req, res, '', error);
    }
  });

  /** The passages of a code, narrowed to those that have certain words or come from one kind of text. */
  async function narrowed(study: EnteredStudy, code: Code, { words, kind }: Narrowed): Promise<Coding[]> {
    const standing = (await store.codebook.standing(code.id)).filter(({ counts }) => counts === 1);
    if (words === '' && kind === '') return standing;
    const sources = new Map(
      (await store.notes.findSources(study.id, [...new Set(standing.map(({ sourceId }) => sourceId))])).map(
        (source) => [`${source.publicId} ${source.version}`, source],
      ),
    );
    const wanted = words.toLowerCase();
    return standing.filter(({ sourceId, sourceVersion, spanStart, spanEnd }) => {
      const source = sources.get(`${sourceId} ${sourceVersion}`);
      if (!source || source.erasedAt !== null) return false;
      if (kind !== '' && (source.kind === 'answer') !== (kind === 'answer')) return false;
      return (sliceSpan(source.text, { start: spanStart, end: spanEnd }) ?? '').toLowerCase().includes(wanted);
    });
  }
  const narrowedBy = (get: (name: string) => string): Narrowed => {
    const kind = get('kind');
    return { words: get('words').trim().slice(0, 200), kind: kind === 'answer' || kind === 'turn' ? kind : '' };
  };

  async function showRecode(
    visit: StudyVisit,
    req: Request,
    res: Response,
    way: 'split' | 'recode',
    filter: Narrowed,
    { form, problem }: { form: Form; problem: Problem | null },
  ): Promise<void> {
    const { study } = visit;
    const code = await changeable(study, req);
    const at = codeAddress(study, code);
    const all = await narrowed(study, code, filter);
    const pages = Math.max(1, Math.ceil(all.length / PAGE_PASSAGES));
    const page = Math.min(pages, Math.max(1, Math.trunc(Number(queryOf(req, 'page'))) || 1));
    const shown = all.slice((page - 1) * PAGE_PASSAGES, page * PAGE_PASSAGES);
    const read = await evidence.readQuotes(study.id, shown);
    const chosen = new Set(fieldList(form, 'passages'));
    const codes = (await store.codebook.all(study.id)).filter(isLive);
    const make = fieldMaker(form, problem?.errors ?? []);
    const params = new URLSearchParams({ words: filter.words, kind: filter.kind });
    const paged = (number: number) => `${at}/${way}?${params}&page=${number}`;
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'codebook', 'studio/recode', {
      head: head(
        codebookCrumbs(study, { label: code.name, href: at }),
        way === 'split' ? `Split “${code.name}”` : `Recode passages of “${code.name}”`,
        way === 'split'
          ? 'What you tick goes to a new code, which stands beside this one. The rest stays. It can be undone.'
          : 'What you tick goes to another code. Where the same words bear that code already, they are counted once. It can be undone.',
      ),
      isError: problem !== null,
      summary: problem ? summaryOf(problem, ['passages', 'name', 'into']) : null,
      action: `${at}/${way}`,
      filter: {
        words: fieldMaker({ words: filter.words }, []).text('words', 'Passages with these words'),
        kind: fieldMaker({ kind: filter.kind }, []).select('kind', 'From', [
          { value: '', label: 'Interviews and answers' },
          { value: 'turn', label: 'Interviews' },
          { value: 'answer', label: 'Answers' },
        ]),
        hidden: [
          { name: 'words', value: filter.words },
          { name: 'kind', value: filter.kind },
        ],
      },
      found: plural(all.length, 'passage', 'passages'),
      all:
        all.length > shown.length
          ? `All ${all.length.toLocaleString('en-GB')} that are found, not only the ticked`
          : null,
      isAll: field(form, 'scope') === 'all',
      passages: shown.flatMap((coding, index) => {
        const quote = read[index];
        return quote?.isVerbatim
          ? [
              {
                id: index === 0 ? 'passages' : `passages-${index}`,
                value: coding.publicId,
                isChosen: chosen.has(coding.publicId),
                label: [...quote.marked].slice(0, 60).join(''),
                quote: quoteView(quote, { study, segmentClass: null }),
              },
            ]
          : [];
      }),
      target:
        way === 'split'
          ? make.text('name', 'Name of the new code', { isRequired: true })
          : make.select(
              'into',
              'To the code',
              [
                { value: '', label: 'Choose one' },
                ...codeOptions(codes, (one) => one.id !== code.id && one.isCodable === 1),
              ],
              { isRequired: true },
            ),
      keep: make.boxes('keep', 'Both', [{ value: '1', label: `They stay under “${code.name}” as well` }]),
      cancel: at,
      pages: [
        ...(page > 1 ? [{ label: 'Previous', href: paged(page - 1) }] : []),
        ...(page < pages ? [{ label: 'Next', href: paged(page + 1) }] : []),
      ],
    });
  }

  for (const way of ['split', 'recode'] as const) {
    door.get(`${CODE}/${way}`, 'researcher', (visit, req, res) =>
      showRecode(
        visit,
        req,
        res,
        way,
        narrowedBy((name) => queryOf(req, name)),
        { form: {}, problem: null },
      ),
    );
    door.post(`${CODE}/${way}`, 'researcher', async (visit, req, res) => {
      const { study } = visit;
      const form = formOf(req);
      const code = await changeable(study, req);
      const filter = narrowedBy((name) => field(form, name));
      try {
        const passages =
          field(form, 'scope') === 'all'
            ? (await narrowed(study, code, filter)).map(({ publicId }) => publicId)
            : fieldList(form, 'passages');
        if (way === 'recode' && field(form, 'into') === '')
          throw new Problem('invalid', 'Choose a code', {
            errors: [{ pointer: '#/into', detail: 'Choose the code they go to' }],
          });
        const made = await codeChanges.recode(
          study,
          code.publicId,
          passages,
          way === 'split' ? { name: field(form, 'name') } : { code: field(form, 'into') },
          { keep: field(form, 'keep') === '1' },
          { userId: visit.user.id },
        );
        res.redirect(303, `${codeAddress(study, made.code)}?done=recoded`);
      } catch (error) {
        if (!isForForm(error)) throw error;
        await showRecode(visit, req, res, way, filter, { form, problem: error });
      }
    });
  }
}
