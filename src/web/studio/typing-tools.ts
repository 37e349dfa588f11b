import { showPercent } from '../../charts/numerals.ts';
import { writeScoringTable } from '../../exchange/typing/scoring-table.ts';
import { toolLabel } from '../../exchange/typing/tool-label.ts';
import { writeTypingJson } from '../../exchange/typing/typing-json.ts';
import { choicesOf, typingPage } from '../../exchange/typing/typing-page.ts';
import { Problem } from '../../model/problem.ts';
import type { TypingItem, TypingTool } from '../../model/typing-tool.ts';
import { showDate } from '../../render/helpers.ts';
import { UNSURE_BELOW } from '../../segments/typing/build-typing-tool.ts';
import { type TypingAnswers, typePerson } from '../../segments/typing/type-person.ts';
import type { Segmentation } from '../../store/segmentations.ts';
import type { KeptTypingTool } from '../../store/typing-tools.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, fieldList, formOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage } from './frame.ts';
import { runAddress } from './runs.ts';
import { segmentationAddress, segmentationCrumbs, segmentationOf } from './segmentation-place.ts';
import { typedUse } from './typed-surveys.ts';
import { typingBuildFields } from './typing-build-form.ts';
import { toolOf, typingAddress, typingCrumbs } from './typing-place.ts';
import { typedView, typingToolView } from './typing-tool-view.ts';
import { readUpload } from './upload.ts';

const TOOL_BYTES_MAX = 2 * 1024 * 1024;

/** Typing tools of a segmentation: built, brought from elsewhere, looked at, tried, published, saved as files. */
export function typingToolDoor(door: Doorway, house: House): void {
  const { store, typingTools } = house.verbatim;
  const upload = readUpload({ fileSize: TOOL_BYTES_MAX, files: 1, fields: 10 }, 'file');

  door.get('/studio/:study/segmentations/:segmentation/typing', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const at = typingAddress(study, segmentation);
    const isAccepted = (await store.segmentations.current(segmentation.id)).length > 0;
    const mayWrite = study.role !== 'viewer' && isAccepted;
    await showPage(house, visit, res, 'segments', 'studio/typing-tools', {
      head: head(
        segmentationCrumbs(study, segmentation),
        'Typing tools',
        'A few questions that tell the segment of somebody new, with how often they are right.',
        mayWrite
          ? [
              { label: 'Build a tool', href: `${at}/new`, isPrimary: true },
              { label: 'Bring a tool', href: `${at}/import`, isPrimary: false },
            ]
          : [],
      ),
      problem: isAccepted
        ? null
        : {
            kind: 'info',
            title: 'There are no accepted segments to tell',
            text: 'Open a solution of this segmentation and accept it first.',
            links: [{ label: segmentation.name, href: segmentationAddress(study, segmentation) }],
          },
      tools: {
        caption: 'Typing tools',
        isCaptionHidden: true,
        isStacked: true,
        hasIntervals: true,
        emptyText: 'None yet.',
        columns: [
          { label: 'Tool', isNumber: false },
          { label: 'Version', isNumber: true },
          { label: 'Right', isNumber: true },
          { label: 'State', isNumber: false },
          { label: 'Made', isNumber: false },
        ],
        rows: (await store.typingTools.list(segmentation.id)).map((kept) => ({
          cells: [
            { text: kept.name, href: `${at}/${kept.publicId}`, isNumber: false },
            { text: String(kept.version), href: null, isNumber: true },
            { text: accuracyText(kept.tool), href: null, isNumber: true },
            { text: kept.publishedAt === null ? 'Draft' : 'Published', href: null, isNumber: false },
            { text: showDate(kept.createdAt), href: null, isNumber: false },
          ],
        })),
      },
    });
  });

  async function newPage(study: EnteredStudy, segmentation: Segmentation) {
    const { version, blocks } = await typingTools.offered(segmentation);
    const page = {
      head: head(
        typingCrumbs(study, segmentation),
        'Build a typing tool',
        `Of the questions ticked, those that tell the segments of version ${version.number} best are taken one by one.`,
      ),
      action: `${typingAddress(study, segmentation)}/new`,
      fields: (make: ReturnType<typeof fieldMaker>) => typingBuildFields(make, blocks, version.runSettings.settings),
      buttons: buttons('Build the tool', { label: 'Cancel', href: typingAddress(study, segmentation) }),
    };
    return { page, blocks };
  }
  door.get('/studio/:study/segmentations/:segmentation/typing/new', 'researcher', async (visit, req, res) => {
    const segmentation = await segmentationOf(house, visit.study, req);
    const { page, blocks } = await newPage(visit.study, segmentation);
    const values: Record<string, string | string[]> = { priors: 'equal', battery: 'whole', questions: '', seed: '1' };
    for (const [index, { usual }] of blocks.entries()) values[`chosen-${index}`] = usual;
    await showForm(house, visit, res, 'segments', page, values);
  });
  door.post('/studio/:study/segmentations/:segmentation/typing/new', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const form = formOf(req);
    const { page, blocks } = await newPage(study, segmentation);
    const questions = field(form, 'questions').trim();
    try {
      const run = await typingTools.build(
        study,
        segmentation,
        {
          chosen: blocks.flatMap((_, index) => fieldList(form, `chosen-${index}`)),
          isAlone: field(form, 'battery') === 'alone',
          priors: field(form, 'priors'),
          questions: questions === '' ? null : Number(questions),
          seed: Number(field(form, 'seed').trim() || '1'),
        },
        { userId: visit.user.id },
      );
      res.redirect(303, runAddress(study, run));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'segments', page, form, error);
    }
  });

  const importPage = (study: EnteredStudy, segmentation: Segmentation) => ({
    head: head(
      typingCrumbs(study, segmentation),
      'Bring a typing tool',
      'A tool saved as JSON, or a scoring table as CSV: segments as columns, questions as rows, the constant last. The columns carry the names of the segments here. How often it is right is not known here, so it can be tried but not published.',
    ),
    action: `${typingAddress(study, segmentation)}/import`,
    isUpload: true,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.text('name', 'Name', { isRequired: true }),
      make.file('file', 'File', '.json,.csv,.tsv,application/json,text/csv', { isRequired: true }),
      make.text('unsureBelow', 'In no segment below this probability', {
        isShort: true,
        hint: 'Of a scoring table; a tool as JSON says it itself',
      }),
    ],
    buttons: buttons('Bring it', { label: 'Cancel', href: typingAddress(study, segmentation) }),
  });
  door.get('/studio/:study/segmentations/:segmentation/typing/import', 'researcher', async (visit, req, res) => {
    const segmentation = await segmentationOf(house, visit.study, req);
    await typingTools.standing(segmentation);
    await showForm(house, visit, res, 'segments', importPage(visit.study, segmentation), {
      unsureBelow: String(UNSURE_BELOW),
    });
  });
  door.post(
    '/studio/:study/segmentations/:segmentation/typing/import',
    'researcher',
    upload,
    async (visit, req, res) => {
      const { study } = visit;
      const segmentation = await segmentationOf(house, study, req);
      const form = formOf(req);
      try {
        if (!req.file || req.file.size === 0)
          throw new Problem('invalid', 'There is no file', {
            errors: [{ pointer: '#/file', detail: 'Choose a file: JSON or CSV' }],
          });
        const kept = await typingTools.bring(
          segmentation,
          {
            name: field(form, 'name'),
            fileName: Buffer.from(req.file.originalname, 'latin1').toString('utf8'),
            text: new TextDecoder().decode(req.file.buffer),
            unsureBelow: numberIn(field(form, 'unsureBelow')) ?? Number.NaN,
          },
          { userId: visit.user.id },
        );
        res.redirect(303, `${typingAddress(study, segmentation)}/${kept.publicId}`);
      } catch (error) {
        if (!isForForm(error)) throw error;
        await showForm(house, visit, res, 'segments', importPage(study, segmentation), form, error);
      }
    },
  );

  door.get('/studio/:study/segmentations/:segmentation/typing/:tool', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const segmentation = await segmentationOf(house, study, req);
    const kept = await toolOf(house, segmentation, req);
    const at = `${typingAddress(study, segmentation)}/${kept.publicId}`;
    const [standing] = await store.segmentations.versions(segmentation.id);
    const later = standing && standing.number !== kept.version ? standing.number : null;
    await showPage(house, visit, res, 'segments', 'studio/typing-tool', {
      head: head(
        typingCrumbs(study, segmentation),
        kept.name,
        kept.seed === null
          ? `Brought from elsewhere on ${showDate(kept.createdAt)}.`
          : `Built on ${showDate(kept.createdAt)}; seed ${kept.seed}.`,
      ),
      problem:
        later === null
          ? null
          : {
              kind: 'warn',
              title: `Version ${later} stands, and this tool tells the segments of version ${kept.version}`,
              text: `People whom it types are put into segments of version ${kept.version}. ${study.role === 'viewer' ? 'It has to be built anew.' : 'Build it anew for those that stand.'}`,
              links:
                study.role === 'viewer'
                  ? []
                  : [{ label: `Build a tool of version ${later}`, href: `${typingAddress(study, segmentation)}/new` }],
            },
      at,
      label: toolLabel(kept.tool),
      publish: {
        isDone: kept.publishedAt !== null,
        at: showDate(kept.publishedAt ?? ''),
        action: `${at}/publish`,
        mayWrite: study.role !== 'viewer',
        reasons: kept.publishedAt === null ? await typingTools.againstPublishing(segmentation, kept) : [],
      },
      files: [
        {
          href: `${at}/typing-tool.html`,
          label: 'Page',
          hint: 'one HTML file that works from a disk, without network',
        },
        { href: `${at}/typing-tool.csv`, label: 'Scoring table', hint: 'CSV: segments as columns, questions as rows' },
        { href: `${at}/typing-tool.json`, label: 'Everything', hint: 'JSON, to be read back here or elsewhere' },
      ],
      use: study.role === 'viewer' ? null : await typedUse(house, study, kept, at),
      ...typingToolView(kept),
    });
  });

  door.post(
    '/studio/:study/segmentations/:segmentation/typing/:tool/publish',
    'researcher',
    async (visit, req, res) => {
      const segmentation = await segmentationOf(house, visit.study, req);
      const kept = await toolOf(house, segmentation, req);
      await typingTools.publish(segmentation, kept, { userId: visit.user.id });
      res.redirect(303, `${typingAddress(visit.study, segmentation)}/${kept.publicId}`);
    },
  );

  const files: Record<string, { type: string; write: (tool: TypingTool, name: string) => string }> = {
    json: { type: 'application/json', write: writeTypingJson },
    csv: { type: 'text/csv; charset=utf-8', write: writeScoringTable },
    html: { type: 'text/html; charset=utf-8', write: (tool, title) => typingPage(tool, { title }) },
  };
  for (const [ending, { type, write }] of Object.entries(files))
    door.get(
      `/studio/:study/segmentations/:segmentation/typing/:tool/typing-tool.${ending}`,
      'researcher',
      async (visit, req, res) => {
        const segmentation = await segmentationOf(house, visit.study, req);
        const { tool } = await toolOf(house, segmentation, req);
        res.setHeader('Content-Disposition', `attachment; filename="typing-tool.${ending}"`);
        res.type(type).send(write(tool, segmentation.name));
      },
    );

  const tryPage = (study: EnteredStudy, segmentation: Segmentation, kept: KeptTypingTool) => ({
    view: 'studio/typing-try',
    head: head(
      typingCrumbs(study, segmentation, kept),
      'Try it',
      `${toolLabel(kept.tool)}. Nothing is kept of what you answer.`,
    ),
    action: `${typingAddress(study, segmentation)}/${kept.publicId}/try`,
    fields: (make: ReturnType<typeof fieldMaker>) =>
      kept.tool.items.map((item, index) => {
        const choices = choicesOf(item);
        const name = `item-${index}`;
        if (choices === null)
          return make.text(name, item.name, {
            isShort: true,
            hint: item.min === null || item.max === null ? null : `A number from ${item.min} to ${item.max}`,
          });
        const options = choices.map(({ value, text }) => ({ value: String(value), label: text }));
        return make.radios(name, item.name, options);
      }),
    buttons: buttons('Show the segment', {
      label: 'Begin anew',
      href: `${typingAddress(study, segmentation)}/${kept.publicId}/try`,
    }),
  });
  door.get('/studio/:study/segmentations/:segmentation/typing/:tool/try', 'researcher', async (visit, req, res) => {
    const segmentation = await segmentationOf(house, visit.study, req);
    const kept = await toolOf(house, segmentation, req);
    await showForm(house, visit, res, 'segments', tryPage(visit.study, segmentation, kept));
  });
  door.post('/studio/:study/segmentations/:segmentation/typing/:tool/try', 'researcher', async (visit, req, res) => {
    const segmentation = await segmentationOf(house, visit.study, req);
    const kept = await toolOf(house, segmentation, req);
    const form = formOf(req);
    const typed = typePerson(
      kept.tool,
      answersIn(kept.tool.items, (name) => field(form, name)),
    );
    const page = tryPage(visit.study, segmentation, kept);
    await showForm(house, visit, res, 'segments', { ...page, more: { outcome: typedView(kept.tool, typed) } }, form);
  });
}

function accuracyText({ measured }: TypingTool): string {
  if (measured === null) return 'not known here';
  const { share, low, high } = measured.accuracy;
  return `${showPercent(share, 0)} (${showPercent(low, 0)} to ${showPercent(high, 0)})`;
}

function answersIn(items: readonly TypingItem[], typed: (name: string) => string): TypingAnswers {
  return Object.fromEntries(items.map(({ id }, index) => [id, numberIn(typed(`item-${index}`))]));
}

/** A number as people type it; null for none. */
function numberIn(text: string): number | null {
  const plain = text.trim().replace(',', '.');
  const value = Number(plain);
  return plain === '' || !Number.isFinite(value) ? null : value;
}
