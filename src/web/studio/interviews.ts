import type { Request } from 'express';
import { sliceSpan } from '../../coding/spans.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { INTERVIEW_MODES } from '../../services/interviews.ts';
import type { Interview } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { DIRECTIONS } from './codebook.ts';
import { buttons, fieldMaker, head, isForForm, showForm, showPage, studyAddress, summaryOf } from './frame.ts';
import { fitsFilter, segmentChoices, segmentLines, segmentsLine } from './interviewee-view.ts';

/** The question every interview about a decision begins with. */
const OPENING =
  'What happened on the day you first decided you needed to solve this kind of problem or achieve this goal?';

/** Interviews: logged, read, and coded passage by passage. */
export function interviewDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, codings, interviews, interviewees } = verbatim;

  async function interviewOf(study: EnteredStudy, req: Request): Promise<Interview> {
    const interview = await store.notes.findInterview(study.id, String(req.params['interview']));
    if (!interview) throw new Problem('not-found', 'There is no such interview in this study');
    return interview;
  }

  /** Who was interviewed, where that is somebody this workspace knows, with the id they are called by. */
  async function personOf({ participationId }: Interview): Promise<{ publicId: string; called: string } | null> {
    const told = participationId === null ? null : await store.people.personOf(participationId);
    const [id] = told === null ? [] : await store.people.sameAs(told);
    const person = id === undefined ? null : await store.contacts.personById(id);
    if (!person) return null;
    return { publicId: person.publicId, called: (await store.people.identities([person.id])).get(person.id) ?? '' };
  }

  door.get('/studio/:study/interviews', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const all = await store.notes.interviews(study.id);
    const segments = await interviewees.segmentsOf(study, all);
    const choices = segmentChoices(await interviewees.standing(study));
    const filters = [{ value: '', label: 'Any' }, ...choices, { value: 'not-typed', label: 'Not typed' }];
    const asked = filters.find(({ value }) => value === queryOf(req, 'segment'))?.value ?? '';
    const list = all.filter(({ id }) => fitsFilter(asked, segments.get(id)));
    const action = { label: 'Log an interview', href: `${studyAddress(study)}/interviews/new` };
    await showPage(house, visit, res, 'interviews', 'studio/interviews', {
      action: `${studyAddress(study)}/interviews`,
      hasSegments: choices.length > 0,
      filters: filters.map((filter) => ({ ...filter, isChosen: filter.value === asked })),
      isFiltered: asked !== '',
      found: `${list.length === 1 ? 'One interview' : `${list.length} interviews`}${asked === '' ? '' : ` of ${all.length}`}`,
      head: head([{ label: study.name, href: studyAddress(study) }], 'Interviews', null, [
        { ...action, isPrimary: true },
      ]),
      table: {
        caption: 'Interviews of this study',
        isCaptionHidden: true,
        isStacked: true,
        columns: [
          { label: 'Interview', isNumber: false },
          { label: 'With', isNumber: false },
          { label: 'When', isNumber: false },
          { label: 'How', isNumber: false },
          ...(choices.length > 0 ? [{ label: 'Segment', isNumber: false }] : []),
        ],
        rows: list.map((interview) => ({
          cells: [
            { text: interview.title, href: `${studyAddress(study)}/interviews/${interview.publicId}`, isNumber: false },
            { text: interview.participant, href: null, isNumber: false },
            { text: showDate(interview.heldOn), href: null, isNumber: false },
            { text: interview.mode, href: null, isNumber: false },
            ...(choices.length > 0
              ? [{ text: segmentsLine(segments.get(interview.id)), href: null, isNumber: false }]
              : []),
          ],
        })),
      },
      isEmpty: all.length === 0,
      empty: {
        title: 'No interview yet',
        text: 'Log one with its transcript or notes; then mark passages and give them codes.',
        action,
      },
    });
  });

  const newPage = (study: EnteredStudy) => ({
    head: head(
      [
        { label: study.name, href: studyAddress(study) },
        { label: 'Interviews', href: `${studyAddress(study)}/interviews` },
      ],
      'Log an interview',
    ),
    action: `${studyAddress(study)}/interviews/new`,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.text('participant', 'Whom did you speak with?', {
        isRequired: true,
        hint: 'A number or a made-up name, such as P07',
      }),
      make.text('person', 'Their id', {
        hint: 'If this workspace knows them: the id that stands among People. Rules can then ask for codes in their interviews',
      }),
      make.text('title', 'Title', { hint: 'Left empty, it is named after the participant' }),
      make.text('heldOn', 'On which day?', { isRequired: true, type: 'date', isShort: true }),
      make.select(
        'mode',
        'How did you speak?',
        INTERVIEW_MODES.map((mode) => ({ value: mode, label: mode })),
        { isRequired: true },
      ),
      make.text('guide', 'Guide', { hint: 'Which guide you followed, if any' }),
      make.area('moment', 'The moment it began', { rows: 3, hint: `In their own words, the answer to: “${OPENING}”` }),
      make.area('transcript', 'Transcript or notes', {
        rows: 16,
        isRequired: true,
        hint: 'One turn a line, “Name: what they said”, with a time before the name if you have one. Plain notes do as well',
      }),
      make.boxes('mayQuote', 'Consent', [{ value: '1', label: 'They agreed that their words may be quoted' }]),
    ],
    buttons: buttons('Log the interview', { label: 'Cancel', href: `${studyAddress(study)}/interviews` }),
  });
  door.get('/studio/:study/interviews/new', 'researcher', (visit, _req, res) =>
    showForm(house, visit, res, 'interviews', newPage(visit.study), { mode: 'in person' }),
  );
  door.post('/studio/:study/interviews/new', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    const text = (name: string) => field(form, name);
    const logged = await interviews.log(
      visit.study,
      {
        participant: text('participant'),
        person: text('person'),
        title: text('title'),
        heldOn: text('heldOn'),
        mode: text('mode'),
        guide: text('guide'),
        moment: text('moment'),
        transcript: text('transcript'),
        mayQuote: text('mayQuote') === '1',
      },
      { userId: visit.user.id },
    );
    if ('errors' in logged)
      return showForm(
        house,
        visit,
        res,
        'interviews',
        newPage(visit.study),
        form,
        new Problem('invalid', 'There is something to look at', { errors: logged.errors }),
      );
    res.redirect(303, `${studyAddress(visit.study)}/interviews/${logged.interview.publicId}`);
  });

  async function showInterview(
    visit: StudyVisit,
    res: Parameters<typeof showPage>[2],
    interview: Interview,
    typed: Record<string, string>,
    problem: Problem | null,
  ): Promise<void> {
    const { study } = visit;
    const sources = await store.notes.sourcesOf(study.id, interview.publicId);
    const codings = await store.notes.codings(study.id, { sourceIds: sources.map((source) => source.publicId) });
    const codes = await store.notes.codes(study.id);
    const hues = new Map(codes.map((code, index) => [code.id, (index % 8) + 1]));
    const at = `${studyAddress(study)}/interviews/${interview.publicId}`;
    const person = await personOf(interview);
    const isWithdrawn = sources.length > 0 && sources.every(({ erasedAt }) => erasedAt !== null);
    const quotable = interview.maySpeak ? 'May be quoted.' : 'May not be quoted outside the study.';
    const bySource = Map.groupBy(codings, (coding) => `${coding.sourceId} ${coding.sourceVersion}`);
    const segments = (await interviewees.segmentsOf(study, [interview])).get(interview.id);
    const choices = segmentChoices(await interviewees.standing(study));
    const make = fieldMaker({ segment: typed['segment'] ?? '', note: typed['note'] ?? '' }, problem?.errors ?? []);
    if (problem) res.status(422);
    await showPage(house, visit, res, 'interviews', 'studio/interview', {
      segments: {
        summary: choices.length === 0 ? '' : `Segment: ${segmentsLine(segments)}`,
        isOpen: problem?.errors.some(({ pointer }) => pointer === '#/segment' || pointer === '#/note') ?? false,
        lines: segmentLines(study, segments),
        isKnown: person !== null,
        fields: [
          make.select('segment', 'They are in', [{ value: '', label: 'Choose one' }, ...choices], { isRequired: true }),
          make.text('note', 'How you know', { isRequired: true, hint: 'Such as “screener, question 4”' }),
        ],
      },
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Interviews', href: `${studyAddress(study)}/interviews` },
        ],
        interview.title,
        `${showDate(interview.heldOn)}, ${interview.mode}${interview.guide ? `, guide: ${interview.guide}` : ''}. ${isWithdrawn ? '' : quotable}`.trim(),
      ),
      isError: problem !== null,
      summary: problem
        ? summaryOf(problem, ['words', 'name', 'source', 'person', 'withdraw', 'segment', 'note'])
        : null,
      at,
      person: {
        href: person && `${studyAddress(study)}/people/${person.publicId}`,
        called: person?.called ?? '',
        field: fieldMaker({ person: typed['person'] ?? person?.called ?? '' }, problem?.errors ?? []).text(
          'person',
          'Their id',
          { hint: 'The id that stands among People. Left empty, the interview is nobody’s in particular' },
        ),
      },
      isWithdrawn,
      withdrawError: problem?.errors?.find(({ pointer }) => pointer === '#/withdraw')?.detail ?? '',
      moment: sources.find((source) => source.kind === 'moment')?.text ?? '',
      turns: sources
        .filter((source) => source.kind === 'turn' && source.erasedAt === null)
        .map((source) => {
          const here = bySource.get(`${source.publicId} ${source.version}`) ?? [];
          return {
            position: source.position,
            sourceId: source.publicId,
            speaker: source.speaker ?? '',
            pieces: pieces(
              source.text,
              here.map((coding) => ({
                start: coding.spanStart,
                end: coding.spanEnd,
                hue: hues.get(coding.codeId) ?? 1,
              })),
            ),
            codings: here.map((coding) => ({
              publicId: coding.publicId,
              name: coding.direction === null ? coding.codeName : `${coding.codeName}, ${coding.direction} it`,
              segmentClass: `seg-${hues.get(coding.codeId) ?? 1}`,
              words: sliceSpan(source.text, { start: coding.spanStart, end: coding.spanEnd }) ?? '',
            })),
          };
        }),
      codes: codes.map((code, index) => ({
        publicId: code.publicId,
        name: code.name,
        uses: Number(code.uses),
        segmentClass: `seg-${(index % 8) + 1}`,
        href: `${studyAddress(study)}/codebook/${code.publicId}`,
        isChosen: typed['code'] === code.publicId,
      })),
      typed: {
        source: typed['source'] ?? '',
        words: typed['words'] ?? '',
        name: typed['name'] ?? '',
        definition: typed['definition'] ?? '',
      },
      directions: DIRECTIONS.map((one) => ({ ...one, isChosen: one.value === (typed['direction'] ?? '') })),
    });
  }

  door.get('/studio/:study/interviews/:interview', 'researcher', async (visit, req, res) =>
    showInterview(visit, res, await interviewOf(visit.study, req), {}, null),
  );

  door.post('/studio/:study/interviews/:interview/person', 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(visit.study, req);
    const person = field(formOf(req), 'person');
    try {
      await interviews.link(visit.study, interview, person);
      await interviewees.toPerson(visit.study, await interviewOf(visit.study, req));
      res.redirect(303, `${studyAddress(visit.study)}/interviews/${interview.publicId}#whose`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showInterview(visit, res, interview, { person }, error);
    }
  });

  door.post('/studio/:study/interviews/:interview/segment', 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(visit.study, req);
    const form = formOf(req);
    const said = { segment: field(form, 'segment'), note: field(form, 'note') };
    try {
      await interviewees.screen(visit.study, interview, said, { userId: visit.user.id });
      res.redirect(303, `${studyAddress(visit.study)}/interviews/${interview.publicId}#segments`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showInterview(visit, res, interview, said, error);
    }
  });

  door.post('/studio/:study/interviews/:interview/withdraw', 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(visit.study, req);
    if (field(formOf(req), 'withdraw') !== '1') {
      const problem = new Problem('invalid', 'Nothing was deleted', {
        errors: [{ pointer: '#/withdraw', detail: 'Tick that the words are to be deleted' }],
      });
      return showInterview(visit, res, interview, {}, problem);
    }
    await interviews.withdraw(interview);
    await interviewees.forget(interview);
    res.redirect(303, `${studyAddress(visit.study)}/interviews/${interview.publicId}`);
  });

  door.post('/studio/:study/interviews/:interview/codings', 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(visit.study, req);
    const form = formOf(req);
    const whole = (name: string) => (/^\d{1,9}$/.test(field(form, name)) ? Number(field(form, name)) : null);
    const sources = await store.notes.sourcesOf(visit.study.id, interview.publicId);
    const named = field(form, 'source');
    const source = sources.find(
      (one) => one.publicId === named || (one.kind === 'turn' && String(one.position) === named.trim()),
    );
    try {
      if (!source)
        throw new Problem('invalid', 'Choose a turn', {
          errors: [{ pointer: '#/source', detail: 'Enter the number of a turn of this interview' }],
        });
      await codings.code(
        visit.study,
        {
          sourceId: source.publicId,
          version: source.version,
          start: whole('start'),
          end: whole('end'),
          words: field(form, 'words'),
        },
        {
          publicId: field(form, 'code') || null,
          name: field(form, 'name'),
          definition: field(form, 'definition'),
          direction: field(form, 'direction'),
        },
        { userId: visit.user.id },
      );
      res.redirect(303, `${studyAddress(visit.study)}/interviews/${interview.publicId}#turn-${source.position}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showInterview(
        visit,
        res,
        interview,
        Object.fromEntries(Object.keys(form).map((name) => [name, field(form, name)])),
        error,
      );
    }
  });

  door.post('/studio/:study/interviews/:interview/codings/:coding/remove', 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(visit.study, req);
    await codings.uncode(visit.study, String(req.params['coding']), { userId: visit.user.id });
    res.redirect(303, `${studyAddress(visit.study)}/interviews/${interview.publicId}`);
  });
}

/** A text cut where marks begin and end, so that overlapping codes need no overlapping elements. */
function pieces(
  text: string,
  marks: readonly { start: number; end: number; hue: number }[],
): { text: string; markClass: string }[] {
  const points = [...text];
  const cuts = [
    ...new Set([
      0,
      points.length,
      ...marks.flatMap((mark) => [Math.min(mark.start, points.length), Math.min(mark.end, points.length)]),
    ]),
  ].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, index) => {
    const to = cuts[index + 1] ?? points.length;
    const over = marks.find((mark) => mark.start <= from && mark.end >= to);
    return { text: points.slice(from, to).join(''), markClass: over ? `coded seg-${over.hue}` : '' };
  });
}
