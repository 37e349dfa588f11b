import { codeTree, flatTree, inPlace, withBeneath } from '../../coding/code-tree.ts';
import { FORCE_NAMES, RING_NAMES, STAGE_NAMES, type StandingStory } from '../../personas/story.ts';
import { showDate } from '../../render/helpers.ts';
import type { Code } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { codeFields, codeFormOf, codeValues } from './code-form.ts';
import { DIRECTIONS } from './codebook.ts';
import {
  codeAddress,
  codebookAddress,
  codebookCrumbs,
  codeOf,
  codeOptions,
  doneNotice,
  hueClass,
  isOwn,
  plural,
} from './codebook-place.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { quoteView } from './quote-view.ts';

const PASSAGES_AT_ONCE = 50;

/** One code: what it means, everything said under it, and where it stands. */
export function codeDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, codebook, codings, codeChanges } = verbatim;
  const CODE = '/studio/:study/codebook/:code';

  door.get(CODE, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const code = await codeOf(house, study, req);
    const codes = await store.codebook.all(study.id);
    const into = codes.find(({ id }) => id === code.mergedInto);
    if (into) return res.redirect(303, codeAddress(study, into));
    const all = (await store.notes.codings(study.id, { codeId: code.id, viewer: visit.user.id })).sort(
      (a, b) => b.isExample - a.isExample || a.id - b.id,
    );
    const pages = Math.max(1, Math.ceil(all.length / PASSAGES_AT_ONCE));
    const page = Math.min(pages, Math.max(1, Math.trunc(Number(queryOf(req, 'page'))) || 1));
    const shown = all.slice((page - 1) * PASSAGES_AT_ONCE, page * PASSAGES_AT_ONCE);
    const read = await verbatim.evidence.readQuotes(study.id, shown);
    const story = placeInStory(await verbatim.codeStory.standing(study, code), code);
    const origins = await store.coder.provenance(shown.map(({ id }) => id));
    const at = codeAddress(study, code);
    const passages = shown.flatMap((coding, index) => {
      const quote = read[index];
      if (!quote?.isVerbatim) return [];
      const origin = origins.get(coding.id);
      return [
        {
          quote: quoteView(quote, { study, segmentClass: null }),
          origin: origin
            ? `Proposed by the coder on ${showDate(origin.proposedAt)}, confirmed by ${origin.by ?? 'somebody who is gone'} on ${showDate(origin.confirmedAt)}`
            : null,
          action: `${at}/codings/${coding.publicId}`,
          words: [...quote.marked].slice(0, 60).join(''),
          isExample: coding.isExample === 1,
          insight: `${studyAddress(study)}/use-in-insight?coding=${coding.publicId}`,
          asksDirection: code.humanValue !== null || story !== '',
          directions: DIRECTIONS.map((one) => ({ ...one, isChosen: one.value === (coding.direction ?? '') })),
        },
      ];
    });
    const row = flatTree(codeTree(codes.filter((one) => one.retiredAt === null))).find(
      (one) => one.code.id === code.id,
    );
    const reach = (await codebook.reach(study, codes, visit.user.id)).get(code.id);
    const isChangeable = isOwn(code);
    await showPage(house, visit, res, 'codebook', 'studio/code', {
      head: head(
        codebookCrumbs(study),
        code.name,
        code.definition || null,
        code.retiredAt === null
          ? [
              { label: 'Read for this code', href: `${at}/read`, isPrimary: true },
              { label: 'Edit', href: `${at}/edit`, isPrimary: false },
              {
                label: 'Write a memo',
                href: `${studyAddress(study)}/memos/new?kind=code&subject=${code.publicId}`,
                isPrimary: false,
              },
            ]
          : [],
      ),
      notice: doneNotice(req),
      segmentClass: hueClass(code),
      path: row && row.path.length > 1 ? row.path.slice(0, -1).join(' › ') : null,
      isCategory: code.isCodable === 0,
      inclusion: code.inclusion,
      exclusion: code.exclusion,
      story,
      ways: isChangeable
        ? [
            { label: 'Move', href: `${at}/move` },
            { label: 'New code under it', href: `${codebookAddress(study)}/new?under=${code.publicId}` },
            { label: 'Split', href: `${at}/split` },
            { label: 'Recode', href: `${at}/recode` },
            { label: 'Merge', href: `${at}/merge` },
            { label: 'Take out', href: `${at}/retire` },
          ]
        : [],
      retired: code.retiredAt === null ? null : { on: showDate(code.retiredAt), back: `${at}/back` },
      count: all.length,
      notAgreed: (await store.codebook.notAgreed(code, visit.user.id)).map(({ publicId, title }) => ({
        title,
        href: `${studyAddress(study)}/interviews/${publicId}/consent`,
      })),
      people: plural(reach?.people ?? 0, 'person', 'people'),
      theme: await themeOf(study, code),
      passages,
      pages:
        pages === 1
          ? null
          : {
              text: `Page ${page} of ${pages}`,
              before: page > 1 ? `${at}?page=${page - 1}` : null,
              after: page < pages ? `${at}?page=${page + 1}` : null,
            },
      missing: read.length - passages.length,
    });
  });

  /** The theme that a code was made of, where it was. */
  async function themeOf(study: EnteredStudy, code: Code) {
    const theme = (await store.themeCodes.list(study.id)).find(({ codeId }) => codeId === code.id);
    const run = theme && (await store.analyses.findRunById(theme.runId));
    if (!theme || !run) return null;
    return {
      label: `a theme found on ${showDate(run.finishedAt ?? run.createdAt)}, seed ${run.seed}, engine ${run.engineVersion}`,
      href: `${studyAddress(study)}/themes?run=${run.publicId}&theme=${encodeURIComponent(theme.theme)}`,
      accepted: `with ${theme.answers.toLocaleString('en-GB')} answers, accepted by ${theme.acceptedBy ?? 'somebody who is gone'} on ${showDate(theme.acceptedAt)}`,
    };
  }

  door.post(`${CODE}/codings/:coding`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const code = await codeOf(house, study, req);
    const form = formOf(req);
    const coding = String(req.params['coding']);
    const actor = { userId: visit.user.id };
    const what = field(form, 'do');
    if (what === 'direct') await codings.direct(study, coding, field(form, 'direction'), actor);
    else if (what === 'example' || what === 'no-example')
      await codings.mark(study, coding, { isExample: what === 'example' }, actor);
    else await codings.uncode(study, coding, actor);
    res.redirect(303, codeAddress(study, code));
  });

  const editPage = async ({ study, user }: StudyVisit, code: Code) => ({
    head: head(codebookCrumbs(study, { label: code.name, href: codeAddress(study, code) }), `Edit “${code.name}”`),
    action: `${codeAddress(study, code)}/edit`,
    fields: codeFields(code, [], await verbatim.codeStory.choices(study, code, user.id)),
    buttons: buttons('Save', { label: 'Cancel', href: codeAddress(study, code) }),
  });
  door.get(`${CODE}/edit`, 'researcher', async (visit, req, res) => {
    const code = await codeOf(house, visit.study, req);
    await showForm(house, visit, res, 'codebook', await editPage(visit, code), codeValues(code));
  });
  door.post(`${CODE}/edit`, 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    const code = await codeOf(house, visit.study, req);
    try {
      await codebook.define(visit.study, code.publicId, codeFormOf(form), { userId: visit.user.id });
      res.redirect(303, codeAddress(visit.study, code));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'codebook', await editPage(visit, code), form, error);
    }
  });

  async function movePage(study: EnteredStudy, code: Code) {
    const codes = (await store.codebook.all(study.id)).filter(isOwn);
    const own = withBeneath(codes, code.id);
    const beside = inPlace(codes.filter(({ parentId, id }) => parentId === code.parentId && id !== code.id));
    return {
      head: head(
        codebookCrumbs(study, { label: code.name, href: codeAddress(study, code) }),
        `Move “${code.name}”`,
        own.size > 1
          ? `${plural(own.size - 1, 'code under it goes', 'codes under it go')} with it. No passage changes; only what is counted with those above.`
          : 'No passage changes; only what is counted with those above.',
      ),
      action: `${codeAddress(study, code)}/move`,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.select('under', 'Under', [
          { value: '', label: 'The top of the codebook' },
          ...codeOptions(codes, ({ id }) => !own.has(id)),
        ]),
        make.select(
          'after',
          'Place there',
          [
            { value: 'last', label: 'Last' },
            { value: 'first', label: 'First' },
            ...beside.map(({ publicId, name }) => ({ value: publicId, label: `After “${name}”` })),
          ],
          { hint: 'Where it is not there under the code chosen above, it stands last' },
        ),
      ],
      buttons: buttons('Move', { label: 'Cancel', href: codeAddress(study, code) }),
    };
  }
  door.get(`${CODE}/move`, 'researcher', async (visit, req, res) => {
    const code = await codeOf(house, visit.study, req);
    const codes = await store.codebook.all(visit.study.id);
    const parent = codes.find(({ id, retiredAt }) => id === code.parentId && retiredAt === null);
    await showForm(house, visit, res, 'codebook', await movePage(visit.study, code), { under: parent?.publicId ?? '' });
  });
  door.post(`${CODE}/move`, 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    const code = await codeOf(house, visit.study, req);
    try {
      const under = field(form, 'under');
      await codebook.place(
        visit.study,
        code.publicId,
        { under: under === '' ? null : under, after: field(form, 'after') || 'last' },
        { userId: visit.user.id },
      );
      res.redirect(303, `${codebookAddress(visit.study)}?done=moved`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'codebook', await movePage(visit.study, code), form, error);
    }
  });
  door.post(`${CODE}/nudge`, 'researcher', async (visit, req, res) => {
    const code = await codeOf(house, visit.study, req);
    const way = field(formOf(req), 'way') === 'up' ? 'up' : 'down';
    await codebook.nudge(visit.study, code.publicId, way, { userId: visit.user.id });
    res.redirect(303, `${codebookAddress(visit.study)}?arrange=1`);
  });

  door.get(`${CODE}/retire`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const code = await codeOf(house, study, req);
    const ties = await codeChanges.ties(study, code);
    const at = codeAddress(study, code);
    await showPage(house, visit, res, 'codebook', 'studio/code-change', {
      head: head(codebookCrumbs(study, { label: code.name, href: at }), `Take “${code.name}” out of the codebook`),
      summary: null,
      choose: null,
      follows: [
        `It is no longer offered for coding, and stands in no count, table or file.`,
        ties.passages === 0
          ? 'Nothing is coded with it.'
          : `${plural(ties.passages, 'passage keeps', 'passages keep')} it unseen and come back with it.`,
        ...(ties.beneath > 0
          ? [`${plural(ties.beneath, 'code under it moves', 'codes under it move')} up to where it stands.`]
          : []),
        ...segmentLines(ties.segments, 'go on finding the people they find now'),
        'It can be brought back at any time, and undone now.',
      ],
      act: { action: `${at}/retire`, label: 'Take it out', fields: [], isDangerous: false },
      cancel: at,
    });
  });
  door.post(`${CODE}/retire`, 'researcher', async (visit, req, res) => {
    const code = await codeOf(house, visit.study, req);
    await codebook.retire(visit.study, code.publicId, { userId: visit.user.id });
    res.redirect(303, `${codebookAddress(visit.study)}?done=retired`);
  });
  door.post(`${CODE}/back`, 'researcher', async (visit, req, res) => {
    const code = await codeOf(house, visit.study, req);
    await codebook.bringBack(visit.study, code.publicId, { userId: visit.user.id });
    res.redirect(303, `${codebookAddress(visit.study)}?done=back`);
  });
}

/** Where a code stands in the story of a decision, in words; empty for nowhere. */
function placeInStory({ ring, stage, force }: StandingStory, { name }: Code): string {
  const said = (by: string, place: string) => (by === name ? place : `${place}, as “${by}” above it`);
  return [
    ring && said(ring.by, RING_NAMES[ring.place].label),
    stage && said(stage.by, STAGE_NAMES[stage.place]),
    force && said(force.by, FORCE_NAMES[force.place].label),
  ]
    .filter((place) => place !== null)
    .join(' · ');
}

/** What becomes of the rules that ask for a code, with the segments they make. */
export const segmentLines = (segments: readonly { name: string }[], what: string): string[] =>
  segments.length === 0
    ? ['No segment asks for it.']
    : [
        `${plural(segments.length, 'segment asks', 'segments ask')} for it and ${what}: ${segments
          .slice(0, 10)
          .map(({ name }) => `“${name}”`)
          .join(', ')}${segments.length > 10 ? ' and more' : ''}.`,
      ];
