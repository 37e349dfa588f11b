import type { Request, Response } from 'express';
import { histogram } from '../../charts/histogram.ts';
import { showNumber } from '../../charts/numerals.ts';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import type { ComputedAttribute } from '../../store/computed.ts';
import type { House } from '../app.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import {
  conditionsIn,
  definitionFields,
  definitionIn,
  definitionWords,
  formFields,
  formOfDefinition,
  QUINTILES_SAID,
} from './computed-form.ts';
import { buttons, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';
import { showMoment } from './person-view.ts';

/** A small workspace is worked out by then, and its page shows the result at once. */
const REFRESH_WAIT_MS = 3000;

/** Attributes that are worked out of events: what they are, when they were last worked out, and how they spread. */
export function computedDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { computed, store } = verbatim;
  const at = ({ study }: StudyVisit) => `${studyAddress(study)}/computed`;
  const crumbs = ({ study }: StudyVisit, ...more: { label: string; href: string }[]) => [
    { label: study.name, href: studyAddress(study) },
    { label: 'People', href: `${studyAddress(study)}/people` },
    ...more,
  ];
  const listCrumb = (visit: StudyVisit) => ({ label: 'Computed attributes', href: at(visit) });

  async function computedOf(visit: StudyVisit, req: Request): Promise<ComputedAttribute> {
    const found = await store.computed.find(visit.study.workspaceId, String(req.params['computed']));
    if (!found) throw new Problem('not-found', 'There is no such computed attribute in this workspace');
    return found;
  }

  door.get('/studio/:study/computed', 'researcher', async (visit, _req, res) => {
    const list = await store.computed.list(visit.study.workspaceId);
    const cell = (text: string, href: string | null = null) => ({ text, href, isNumber: false });
    await showPage(house, visit, res, 'people', 'studio/computed-list', {
      head: head(crumbs(visit), 'Computed attributes', 'What is known of people because of what they did.', [
        { label: 'Define one', href: `${at(visit)}/new`, isPrimary: true },
      ]),
      at: at(visit),
      isGoing: computed.isGoing(visit.study.workspaceId),
      table: {
        caption: 'Computed attributes of this workspace',
        isCaptionHidden: true,
        isStacked: true,
        columns: [
          { label: 'Attribute', isNumber: false },
          { label: 'Worked out as', isNumber: false },
          { label: 'People', isNumber: true },
          { label: 'Last refreshed', isNumber: false },
        ],
        rows: list.map(({ name, publicId, definition, summary, refreshedAt, refused, endedAt }) => ({
          cells: [
            cell(name, `${at(visit)}/${publicId}`),
            cell(definitionWords(definition)),
            { text: showNumber(summary?.people ?? 0), href: null, isNumber: true },
            cell(
              endedAt !== null
                ? `ended on ${showMoment(endedAt)}`
                : (refused ?? (refreshedAt === null ? 'not yet' : showMoment(refreshedAt))),
            ),
          ],
        })),
      },
      isEmpty: list.length === 0,
      empty: {
        title: 'Nothing is computed yet',
        text: 'A computed attribute is, for example, how many orders somebody placed, or what they have spent. Rules can ask for it as for any other.',
        action: { label: 'Define one', href: `${at(visit)}/new` },
      },
    });
  });

  const newPage = (visit: StudyVisit) => ({
    view: 'studio/computed-new',
    head: head(
      crumbs(visit, listCrumb(visit)),
      'Define a computed attribute',
      'Worked out for everybody, of what programs told of them.',
    ),
    action: `${at(visit)}/new`,
    fields: formFields,
    buttons: buttons('Define it', { label: 'Cancel', href: at(visit) }),
  });
  const showNew = (visit: StudyVisit, res: Response, form: Form, problem: Problem | null = null) =>
    showForm(house, visit, res, 'people', { ...newPage(visit), more: conditionsIn(form) }, form, problem);

  door.get('/studio/:study/computed/new', 'researcher', (visit, _req, res) =>
    showNew(visit, res, {
      kind: 'measure',
      measure: 'count',
      event: 'Order Completed',
      refund: 'Order Refunded',
      family: 'other',
      unit: 'day',
    }),
  );
  door.post('/studio/:study/computed/new', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    try {
      const { publicId } = await computed.define(
        visit.study.workspaceId,
        { name: field(form, 'name'), family: field(form, 'family'), definition: definitionIn(form) },
        { userId: visit.user.id },
      );
      await refreshSoon(visit);
      res.redirect(303, `${at(visit)}/${publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showNew(visit, res, form, error);
    }
  });

  /** A large workspace goes on being worked out while the page says so. */
  async function refreshSoon({ study }: StudyVisit): Promise<void> {
    const done = computed.refresh(study.workspaceId);
    done.catch((error: unknown) => house.log.error({ err: error }, 'computed attributes were not refreshed'));
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, REFRESH_WAIT_MS))]);
  }
  door.post('/studio/:study/computed/refresh', 'researcher', async (visit, req, res) => {
    await refreshSoon(visit);
    const id = field(formOf(req), 'computed');
    const one = id === '' ? null : await store.computed.find(visit.study.workspaceId, id);
    res.redirect(303, one ? `${at(visit)}/${one.publicId}` : at(visit));
  });

  door.get('/studio/:study/computed/:computed', 'researcher', async (visit, req, res) => {
    const one = await computedOf(visit, req);
    const { summary } = one;
    const versions = await store.computed.versions(one.id);
    const ended =
      one.endedAt === null ? null : { at: showMoment(one.endedAt), by: await store.computed.endedBy(one.id) };
    await showPage(house, visit, res, 'people', 'studio/computed', {
      head: head(crumbs(visit, listCrumb(visit)), one.name),
      at: `${at(visit)}/${one.publicId}`,
      id: one.publicId,
      refresh: `${at(visit)}/refresh`,
      isGoing: computed.isGoing(visit.study.workspaceId),
      facts: [
        {
          label: 'Last refreshed',
          value: one.refreshedAt === null ? 'not yet' : showMoment(one.refreshedAt),
          note: null,
        },
        { label: 'People with a value', value: showNumber(summary?.people ?? 0), note: null },
      ],
      ended,
      mayChange: ended === null,
      versions: versions.slice(1).map((earlier, index) => ({
        words: definitionWords(earlier.definition),
        // It held until the one after it was said.
        text: `from ${showMoment(earlier.setAt)} to ${showMoment(versions[index]?.setAt ?? '')}${earlier.setBy ? `, by ${earlier.setBy}` : ''}`,
      })),
      since: versions[0]
        ? `Since ${showMoment(versions[0].setAt)}${versions[0].setBy ? `, by ${versions[0].setBy}` : ''}.`
        : '',
      words: definitionWords(one.definition),
      method: one.definition.kind === 'rfm' ? QUINTILES_SAID : null,
      refused: one.refused,
      leftOut: leftOutWords(one),
      charts: (summary?.distributions ?? [])
        .filter(({ bins }) => bins.length > 0)
        .map(({ attribute, bins }, index) =>
          histogram({ id: `distribution-${index + 1}`, title: attribute, bins, unit: 'people', note: null }),
        ),
    });
  });
  const showChange = (
    visit: StudyVisit,
    res: Response,
    one: ComputedAttribute,
    form: Form,
    problem: Problem | null = null,
  ) =>
    showForm(
      house,
      visit,
      res,
      'people',
      {
        view: 'studio/computed-new',
        head: head(
          crumbs(visit, listCrumb(visit), { label: one.name, href: `${at(visit)}/${one.publicId}` }),
          `Change “${one.name}”`,
          'Its name stays. It is worked out anew for everybody, and the definition before is kept with who set it and when.',
        ),
        action: `${at(visit)}/${one.publicId}/change`,
        fields: (make) => [make.hidden('version'), ...definitionFields(make)],
        buttons: buttons('Change it', { label: 'Cancel', href: `${at(visit)}/${one.publicId}` }),
        more: conditionsIn(form),
      },
      form,
      problem,
    );
  door.get('/studio/:study/computed/:computed/change', 'researcher', async (visit, req, res) => {
    const one = await computedOf(visit, req);
    await showChange(visit, res, one, { ...formOfDefinition(one.definition), version: String(one.version) });
  });
  door.post('/studio/:study/computed/:computed/change', 'researcher', async (visit, req, res) => {
    const one = await computedOf(visit, req);
    const form = formOf(req);
    try {
      await computed.redefine(one, Number(field(form, 'version')), definitionIn(form), { userId: visit.user.id });
    } catch (error) {
      if (!isForForm(error)) throw error;
      return showChange(visit, res, one, form, error);
    }
    await refreshSoon(visit);
    res.redirect(303, `${at(visit)}/${one.publicId}`);
  });
  door.post('/studio/:study/computed/:computed/end', 'researcher', async (visit, req, res) => {
    const one = await computedOf(visit, req);
    await computed.end(one, { userId: visit.user.id });
    res.redirect(303, `${at(visit)}/${one.publicId}`);
  });
  door.post('/studio/:study/computed/:computed/resume', 'researcher', async (visit, req, res) => {
    const one = await computedOf(visit, req);
    await computed.resume(one);
    await refreshSoon(visit);
    res.redirect(303, `${at(visit)}/${one.publicId}`);
  });
  door.post('/studio/:study/computed/:computed/remove', 'researcher', async (visit, req, res) => {
    await computed.remove(await computedOf(visit, req));
    res.redirect(303, at(visit));
  });
}

function leftOutWords({ summary, definition }: ComputedAttribute): string | null {
  if (definition.kind === 'measure' || !summary) return null;
  const { otherCurrency, noAmount, tooLarge = 0 } = summary.leftOut;
  const parts = [
    ...(otherCurrency > 0 ? [`${showNumber(otherCurrency)} in another currency than ${definition.currency}`] : []),
    ...(noAmount > 0 ? [`${showNumber(noAmount)} without an amount`] : []),
    ...(tooLarge > 0 ? [`${showNumber(tooLarge)} of amounts beyond 15 digits`] : []),
  ];
  return parts.length === 0 ? null : `Events left out: ${parts.join(', ')}.`;
}
