import type { Request, Response } from 'express';
import { ATTRIBUTE_FAMILIES, ATTRIBUTE_TYPES } from '../../model/attribute.ts';
import { readJson } from '../../model/event-message.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { Preview } from '../../services/intake.ts';
import type { House } from '../app.ts';
import { hostOf } from '../collect.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import {
  answerRefused,
  buttons,
  fieldMaker,
  head,
  isForForm,
  showForm,
  showPage,
  studyAddress,
  summaryOf,
} from './frame.ts';
import { peopleCrumbs, sourceAddress, sourceIn, sourcesAddress, sourcesCrumb } from './source-place.ts';
import {
  lettersTable,
  newestTable,
  PROOFS_LOOKED_AT,
  previewViews,
  signingFact,
  sourceFacts,
  sourcesTable,
} from './sources-view.ts';

const NEWEST = 20;
const LETTERS = 20;
/** As many messages as a page can show. */
const PREVIEWS_MAX = 20;

const EXAMPLE = JSON.stringify(
  { type: 'identify', userId: 'user-1', traits: { age: 34, address: { city: 'Ulm' }, plan: 'Pro' } },
  null,
  2,
);

/** Sources of events: whoever may send, what came, what could not be kept, and what attributes mean. */
export function sourceDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { sources, store } = verbatim;
  const today = () => `${verbatim.now().toISOString().slice(0, 10)}T00:00:00.000Z`;

  door.get('/studio/:study/sources', 'researcher', async (visit, _req, res) => {
    const found = await Promise.all(
      (await store.sources.list(visit.study.workspaceId)).map(async (source) => ({
        ...source,
        ...(await store.sources.activity(source.id, today())),
      })),
    );
    await showPage(house, visit, res, 'people', 'studio/list', {
      head: head(peopleCrumbs(visit), 'Sources of events', 'Sites and programs that tell of people and what they do.', [
        { label: 'Attributes', href: `${sourcesAddress(visit)}/attributes`, isPrimary: false },
        { label: 'Add a source', href: `${sourcesAddress(visit)}/new`, isPrimary: true },
      ]),
      table: sourcesTable(sourcesAddress(visit), found),
      isEmpty: found.length === 0,
      empty: {
        title: 'No program tells of anybody yet',
        text: 'A source has a key. With it, the clients of Segment and RudderStack, or any program, send events here.',
        action: { label: 'Add a source', href: `${sourcesAddress(visit)}/new` },
      },
    });
  });

  const showNew = (visit: StudyVisit, res: Response, name = '', problem: Problem | null = null) =>
    showForm(
      house,
      visit,
      res,
      'people',
      {
        head: head(peopleCrumbs(visit, sourcesCrumb(visit)), 'Add a source', 'One for each site, app or program.'),
        action: `${sourcesAddress(visit)}/new`,
        fields: (make) => [make.text('name', 'Name', { hint: 'For example Shop, or Billing', isRequired: true })],
        buttons: buttons('Add the source', { label: 'Cancel', href: sourcesAddress(visit) }),
      },
      { name },
      problem,
    );
  door.get('/studio/:study/sources/new', 'researcher', (visit, _req, res) => showNew(visit, res));
  door.post('/studio/:study/sources/new', 'researcher', async (visit, req, res) => {
    const name = field(formOf(req), 'name');
    try {
      const { publicId } = await sources.add(visit.study.workspaceId, name, { userId: visit.user.id });
      res.redirect(303, `${sourcesAddress(visit)}/${publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showNew(visit, res, name, error);
    }
  });

  door.get('/studio/:study/sources/attributes', 'researcher', async (visit, _req, res) => {
    const types = await store.sources.attributeTypes(visit.study.workspaceId, 'person');
    const cell = (text: string, href: string | null = null) => ({ text, href, isNumber: false });
    await showPage(house, visit, res, 'people', 'studio/list', {
      head: head(
        peopleCrumbs(visit, sourcesCrumb(visit)),
        'Attributes',
        'What is known of people, by name. Rules and reports read each as its type and family say.',
      ),
      table: {
        caption: 'Attributes of people',
        isCaptionHidden: true,
        isStacked: true,
        columns: ['Attribute', 'Type', 'Family', 'Type follows from'].map((label) => ({ label, isNumber: false })),
        rows: [...types].map(([name, { type, family, isSet }]) => ({
          cells: [
            cell(name, `${sourcesAddress(visit)}/attributes/edit?name=${encodeURIComponent(name)}`),
            cell(type),
            cell(family),
            cell(isSet ? 'a researcher' : 'what came'),
          ],
        })),
      },
      isEmpty: types.size === 0,
      empty: {
        title: 'Nothing is known of anybody yet',
        text: 'Attributes come with events and with imports that have columns about people.',
        action: null,
      },
    });
  });

  async function showAttribute(
    visit: StudyVisit,
    res: Response,
    values: { name: string; type?: string; family?: string },
    problem: Problem | null = null,
  ): Promise<void> {
    const known = (await store.sources.attributeTypes(visit.study.workspaceId, 'person')).get(values.name);
    if (!known) throw new Problem('not-found', 'There is no such attribute in this workspace');
    const at = `${sourcesAddress(visit)}/attributes`;
    const options = (names: readonly string[]) => names.map((value) => ({ value, label: value }));
    await showForm(
      house,
      visit,
      res,
      'people',
      {
        head: head(peopleCrumbs(visit, sourcesCrumb(visit), { label: 'Attributes', href: at }), values.name),
        action: `${at}/edit`,
        fields: (make) => [
          make.hidden('name'),
          make.select('type', 'Type', options(ATTRIBUTE_TYPES), {
            hint: 'What came with events is read anew as this; what cannot be read so stays as it came.',
          }),
          make.select('family', 'Family', options(ATTRIBUTE_FAMILIES)),
        ],
        buttons: buttons('Save', { label: 'Cancel', href: at }),
      },
      { type: known.type, family: known.family, ...values },
      problem,
    );
  }
  door.get('/studio/:study/sources/attributes/edit', 'researcher', (visit, req, res) =>
    showAttribute(visit, res, { name: queryOf(req, 'name') }),
  );
  door.post('/studio/:study/sources/attributes/edit', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    const [name, type, family] = [field(form, 'name'), field(form, 'type'), field(form, 'family')];
    try {
      await sources.setAttribute(visit.study.workspaceId, name, { type, family });
      res.redirect(303, `${sourcesAddress(visit)}/attributes`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showAttribute(visit, res, { name, type, family }, error);
    }
  });

  async function showSource(
    visit: StudyVisit,
    req: Request,
    res: Response,
    {
      message = EXAMPLE,
      previews = [],
      problem = null,
    }: { message?: string; previews?: Preview[]; problem?: Problem | null } = {},
  ): Promise<void> {
    const source = await sourceIn(verbatim, visit, req);
    const at = sourceAddress(visit, source);
    const letters = await store.sources.deadLetters(source.id, LETTERS);
    const lettersCount = await store.sources.countDeadLetters(source.id);
    const { protocol, host } = hostOf(house, req);
    const make = fieldMaker({ message }, problem?.errors ?? []);
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'people', 'studio/source', {
      head: head(peopleCrumbs(visit, sourcesCrumb(visit)), source.name, null, [
        { label: 'Signed ids', href: `${at}/signing`, isPrimary: false },
        { label: 'Files', href: `${at}/files`, isPrimary: false },
      ]),
      isError: problem !== null,
      summary: problem && summaryOf(problem, ['message']),
      ended: source.endedAt === null ? null : showDate(source.endedAt),
      facts: [
        ...sourceFacts(await store.sources.activity(source.id, today()), lettersCount),
        signingFact(source, await store.sources.proofs(source.id, PROOFS_LOOKED_AT)),
      ],
      writeKey: source.writeKey,
      // Where ids must be signed, programs on servers need the other key.
      programKey: source.signing === 'required' ? 'SERVER_KEY' : source.writeKey,
      url: `${protocol}://${host}`,
      offers: `${studyAddress(visit.study)}/offers`,
      newest: newestTable(studyAddress(visit.study), await store.sources.newest(source, NEWEST)),
      lettersNote: lettersCount > letters.length ? `The newest ${letters.length} of ${lettersCount}.` : null,
      letters: lettersTable(letters),
      at,
      previews: previewViews(previews),
      fields: [
        make.area('message', 'A message, or a batch, as JSON', {
          hint: 'Shows what would be kept of it, and keeps nothing.',
          rows: 8,
          isRequired: true,
        }),
      ],
      buttons: buttons('Show what would be kept'),
    });
  }
  door.get('/studio/:study/sources/:source', 'researcher', (visit, req, res) => showSource(visit, req, res));
  door.post('/studio/:study/sources/:source/validate', 'researcher', async (visit, req, res) => {
    const message = field(formOf(req), 'message');
    try {
      const previews = await verbatim.intake.preview(await sourceIn(verbatim, visit, req), readMessages(message));
      await showSource(visit, req, res, { message, previews });
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showSource(visit, req, res, { message, problem: error });
    }
  });
  door.post('/studio/:study/sources/:source/end', 'researcher', async (visit, req, res) => {
    const source = await sourceIn(verbatim, visit, req);
    await sources.end(source);
    res.redirect(303, `${sourcesAddress(visit)}/${source.publicId}`);
  });
}

/** @throws Problem `invalid` for what is no JSON, or more messages than a page shows */
function readMessages(text: string): { messages: unknown[]; sentAt?: unknown; context?: unknown } {
  const refuse = (detail: string) =>
    new Problem('invalid', 'This message cannot be read', { errors: [{ pointer: '#/message', detail }] });
  let value: unknown;
  try {
    value = readJson(text);
  } catch {
    throw refuse('Enter a message as JSON, for example the one that stood here');
  }
  const { batch, sentAt, context } = (value ?? {}) as { batch?: unknown; sentAt?: unknown; context?: unknown };
  if (!Array.isArray(batch)) return { messages: [value], sentAt };
  if (batch.length === 0 || batch.length > PREVIEWS_MAX) throw refuse(`Enter a batch of 1 to ${PREVIEWS_MAX} messages`);
  return { messages: batch, sentAt, context };
}
