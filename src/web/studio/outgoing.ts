import type { Request, Response } from 'express';
import { MAPPINGS } from '../../exchange/outgoing/hook-kinds.ts';
import type { Form } from '../../model/answers.ts';
import { HOOK_KINDS, type HookKind } from '../../model/outgoing-event.ts';
import { Problem } from '../../model/problem.ts';
import type { HookForm } from '../../services/outgoing.ts';
import type { Delivery } from '../../store/deliveries.ts';
import type { Hook } from '../../store/hooks.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import {
  answerRefused,
  buttons,
  type Crumb,
  type FormPage,
  fieldMaker,
  head,
  isForForm,
  PAGE_WAIT_MS,
  showForm,
  showPage,
  studyAddress,
  summaryOf,
} from './frame.ts';
import {
  deliveryPage,
  hookFields,
  hookPage,
  initialValues,
  outgoingPage,
  stateWord,
  ticketPage,
} from './outgoing-view.ts';
import { surveyNames } from './surveys.ts';

const BASE = '/studio/:study/outgoing';
const ONE = `${BASE}/:hook`;
const LOG_ROWS = 50;

const outgoingAddress = (study: EnteredStudy): string => `${studyAddress(study)}/outgoing`;
const crumbs = (study: EnteredStudy, hook: Hook | null = null): Crumb[] => [
  { label: study.name, href: studyAddress(study) },
  { label: 'Outgoing', href: outgoingAddress(study) },
  ...(hook ? [{ label: hook.name, href: `${outgoingAddress(study)}/${hook.publicId}` }] : []),
];

function kindOf(req: Request): HookKind {
  const kind = HOOK_KINDS.find((one) => one === req.params['kind']);
  if (!kind) throw new Problem('not-found', 'There is no such kind', { detail: 'Choose one from the list' });
  return kind;
}

const hookFormOf = (kind: HookKind, form: Form): HookForm => ({
  name: field(form, 'name'),
  events: fieldList(form, 'events'),
  survey: field(form, 'survey'),
  values: Object.fromEntries(MAPPINGS[kind].fields.map(({ name }) => [name, field(form, name)])),
});

/** Telling other programs what comes about in a study: for owners, but for the tickets that researchers ask for. */
export function outgoingDoor(door: Doorway, house: House): void {
  const { verbatim, publicUrl } = house;
  const { outgoing, store } = verbatim;

  async function hookOf(study: EnteredStudy, req: Request): Promise<Hook> {
    const hook = await store.hooks.find(study.id, String(req.params['hook']));
    if (!hook) throw new Problem('not-found', 'There is nothing of this address in this study');
    return hook;
  }
  async function deliveryOf(hook: Hook, req: Request): Promise<Delivery> {
    const delivery = await store.deliveries.find(hook.id, String(req.params['delivery']));
    if (!delivery) throw new Problem('not-found', 'There is no such line in this log');
    return delivery;
  }
  async function surveyOptions(study: EnteredStudy) {
    const surveys = await store.surveys.list(study.id);
    const names = surveyNames(surveys);
    return surveys.map(({ id, publicId }) => ({ value: publicId, label: names.get(id) ?? publicId }));
  }

  door.get(BASE, 'owner', async (visit, _req, res) => {
    const { study } = visit;
    await showPage(house, visit, res, 'outgoing', 'studio/outgoing', {
      head: head(
        crumbs(study).slice(0, 1),
        'Outgoing',
        'Other programs hear of what comes about here. Nothing goes out unless you set it up.',
        [{ label: 'API keys', href: `${studyAddress(study)}/api-keys`, isPrimary: false }],
      ),
      ...outgoingPage({
        at: outgoingAddress(study),
        hooks: await store.hooks.list(study.id),
        counts: await store.deliveries.counts(study.id),
        hasAddress: publicUrl !== null,
      }),
    });
  });

  const newPage = async (study: EnteredStudy, kind: HookKind): Promise<FormPage> => {
    const surveys = await surveyOptions(study);
    return {
      head: head(crumbs(study), `New: ${MAPPINGS[kind].name}`, MAPPINGS[kind].about),
      action: `${outgoingAddress(study)}/new/${kind}`,
      fields: (make) => hookFields(make, kind, surveys, true),
      buttons: buttons('Set it up', { label: 'Cancel', href: outgoingAddress(study) }),
    };
  };
  door.get(`${BASE}/new/:kind`, 'owner', async (visit, req, res) => {
    const kind = kindOf(req);
    await showForm(house, visit, res, 'outgoing', await newPage(visit.study, kind), initialValues(kind));
  });
  door.post(`${BASE}/new/:kind`, 'owner', async (visit, req, res) => {
    const { study } = visit;
    const kind = kindOf(req);
    const form = formOf(req);
    try {
      const hook = await outgoing.add(study, kind, hookFormOf(kind, form), { userId: visit.user.id });
      res.redirect(303, `${outgoingAddress(study)}/${hook.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'outgoing', await newPage(study, kind), form, error);
    }
  });

  async function showHook(
    visit: StudyVisit,
    hook: Hook,
    req: Request,
    res: Response,
    {
      typed = null,
      isSecretShown = false,
    }: { typed?: { form: Form; problem: Problem } | null; isSecretShown?: boolean } = {},
  ): Promise<void> {
    const { study } = visit;
    const at = `${outgoingAddress(study)}/${hook.publicId}`;
    const surveys = await surveyOptions(study);
    const only = hook.surveyId === null ? null : await store.surveys.findById(study.id, hook.surveyId);
    const kept = { ...hook.settings, name: hook.name, events: hook.events, survey: only?.publicId ?? '' };
    const make = fieldMaker(typed?.form ?? kept, typed?.problem.errors ?? []);
    const fields = hookFields(make, hook.kind, surveys, false);
    const before = Math.trunc(Number(queryOf(req, 'before'))) || null;
    const log = await store.deliveries.log(hook.id, before, LOG_ROWS + 1);
    const last = log[LOG_ROWS - 1];
    if (typed) answerRefused(res, typed.problem);
    await showPage(house, visit, res, 'outgoing', 'studio/outgoing-hook', {
      head: head(crumbs(study), hook.name, MAPPINGS[hook.kind].about),
      isError: typed !== null,
      fields,
      summary: typed
        ? summaryOf(
            typed.problem,
            fields.map(({ name }) => name),
          )
        : null,
      ...hookPage({
        at,
        hook,
        counts: (await store.deliveries.counts(study.id)).get(hook.id) ?? {},
        log: log.slice(0, LOG_ROWS),
        older: log.length > LOG_ROWS && last ? `${at}?before=${last.id}#log` : null,
        secret: isSecretShown ? outgoing.signingSecret(hook) : null,
      }),
    });
  }
  door.get(ONE, 'owner', async (visit, req, res) => showHook(visit, await hookOf(visit.study, req), req, res));
  door.post(ONE, 'owner', async (visit, req, res) => {
    const { study } = visit;
    const hook = await hookOf(study, req);
    const form = formOf(req);
    try {
      await outgoing.change(study, hook, hookFormOf(hook.kind, form));
      res.redirect(303, `${outgoingAddress(study)}/${hook.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showHook(visit, hook, req, res, { typed: { form, problem: error } });
    }
  });
  // Asked for by a form and not by a link, so that no history and no cache holds it.
  door.post(`${ONE}/secret`, 'owner', async (visit, req, res) => {
    res.setHeader('Cache-Control', 'no-store');
    await showHook(visit, await hookOf(visit.study, req), req, res, { isSecretShown: true });
  });

  type Act = (visit: StudyVisit, hook: Hook, req: Request) => Promise<void>;
  const act = (path: string, does: Act) =>
    door.post(`${ONE}/${path}`, 'owner', async (visit, req, res) => {
      const hook = await hookOf(visit.study, req);
      await does(visit, hook, req);
      res.redirect(303, `${outgoingAddress(visit.study)}/${hook.publicId}`);
    });
  act('pause', (_visit, hook) => outgoing.pause(hook));
  act('resume', (_visit, hook) => outgoing.resume(hook));
  act('rotate', (_visit, hook) => outgoing.rotate(hook));
  door.post(`${ONE}/remove`, 'owner', async (visit, req, res) => {
    await outgoing.remove(await hookOf(visit.study, req));
    res.redirect(303, outgoingAddress(visit.study));
  });
  door.post(`${ONE}/test`, 'owner', async (visit, req, res) => {
    const hook = await hookOf(visit.study, req);
    const { publicId } = await outgoing.test(visit.study, hook);
    res.redirect(303, `${outgoingAddress(visit.study)}/${hook.publicId}/deliveries/${publicId}`);
  });

  door.get(`${ONE}/deliveries/:delivery`, 'owner', async (visit, req, res) => {
    const { study } = visit;
    const hook = await hookOf(study, req);
    const delivery = await deliveryOf(hook, req);
    await showPage(house, visit, res, 'outgoing', 'studio/outgoing-delivery', {
      head: head(crumbs(study, hook), `Delivery ${delivery.publicId.slice(0, 8)}`),
      ...deliveryPage(`${outgoingAddress(study)}/${hook.publicId}`, delivery),
    });
  });
  door.post(`${ONE}/deliveries/:delivery/replay`, 'owner', async (visit, req, res) => {
    const hook = await hookOf(visit.study, req);
    const { publicId } = await deliveryOf(hook, req);
    await outgoing.replay(hook, publicId);
    res.redirect(303, `${outgoingAddress(visit.study)}/${hook.publicId}/deliveries/${publicId}`);
  });

  /** What a ticket was made from, by the event that asked for it. */
  const aboutOf = (study: EnteredStudy, { event, subject }: { event: string; subject: string | null }) => {
    const at = studyAddress(study);
    if (event === 'response.ticket') return { label: 'response', href: `${at}/responses/${subject ?? ''}` };
    if (event === 'feedback.ticket') return { label: 'feedback', href: `${at}/feedback/${subject ?? ''}` };
    if (event === 'theme.ticket') return { label: 'theme', href: `${at}/themes?theme=${subject ?? ''}` };
    return null;
  };
  door.post(`${ONE}/ticket`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const hook = await hookOf(study, req);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const form = formOf(req);
    const [feedback, theme] = [field(form, 'feedback'), field(form, 'theme')];
    const { publicId } =
      feedback !== ''
        ? await outgoing.feedbackTicket(study, hook, feedback)
        : theme !== ''
          ? await outgoing.themeTicket(study, hook, theme)
          : await outgoing.ticket(study, hook, field(form, 'response'));
    res.redirect(303, `${outgoingAddress(study)}/${hook.publicId}/tickets/${publicId}`);
  });
  door.get(`${ONE}/tickets/:delivery`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const hook = await hookOf(study, req);
    const delivery = await deliveryOf(hook, req);
    const about = aboutOf(study, delivery);
    if (about === null) throw new Problem('not-found', 'There is no such ticket');
    await showPage(house, visit, res, 'surveys', 'studio/outgoing-ticket', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: `The ${about.label}`, href: about.href },
        ],
        `Ticket: ${stateWord(delivery.state)}`,
      ),
      ...ticketPage(hook, delivery, about),
    });
  });
}
