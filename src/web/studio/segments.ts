import type { Request } from 'express';
import { dots } from '../../charts/dots.ts';
import { showPercent } from '../../charts/numerals.ts';
import { stack } from '../../charts/stack.ts';
import { isSpoken, itemWording, surveyItems } from '../../model/items.ts';
import { Problem } from '../../model/problem.ts';
import type { Rule } from '../../model/rule.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { showDate } from '../../render/helpers.ts';
import { describeLeaf } from '../../rules/describe-leaf.ts';
import type { Segment } from '../../store/segments.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress, summaryOf } from './frame.ts';
import { draftOf, OPERATORS, type RuleDraft, readDraft, ruleOf } from './rule-form.ts';
import { runAddress } from './runs.ts';
import { surveyNames, surveyTitle } from './surveys.ts';

type FoundProfile = {
  size: number;
  share: { share: number; low: number; high: number };
  centre: Record<string, number>;
  standardisedCentre: Record<string, number>;
  scales: { scale: string; name: string }[];
};
type FoundRun = {
  grouped: number;
  leftOut: number;
  clustering: { shareOfStartsAtBest: number; converged: boolean; shareExplained: number };
};

/** Segments: found in the scales people answered, or defined by a rule. */
export function segmentDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, analysis, segments } = verbatim;

  async function segmentOf(study: EnteredStudy, req: Request): Promise<Segment> {
    const segment = await store.segments.find(study.id, String(req.params['segment']));
    if (!segment) throw new Problem('not-found', 'There is no such segment in this study');
    return segment;
  }
  const crumbs = (study: EnteredStudy) => [
    { label: study.name, href: studyAddress(study) },
    { label: 'Segments', href: `${studyAddress(study)}/segments` },
  ];

  door.get('/studio/:study/segments', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const at = studyAddress(study);
    const list = await store.segments.list(study.id);
    const sizes = await store.segments.memberCounts(study.id);
    const asked = queryOf(req, 'run');
    const run = asked
      ? await store.analyses.findRun(study.id, asked)
      : await store.analyses.latestDone(study.id, 'segments');
    if (asked && !run) throw new Problem('not-found', 'There is no such run in this study');
    const found = list.filter((segment) => run !== null && segment.runId === run.id);
    const result = run?.state === 'done' ? (JSON.parse(run.result ?? 'null') as FoundRun | null) : null;
    const defined = list.filter((segment) => segment.origin === 'rule');
    const mayWrite = study.role !== 'viewer';
    const number = (n: number) => n.toLocaleString('en-GB');
    await showPage(house, visit, res, 'segments', 'studio/segments', {
      head: head(
        [{ label: study.name, href: at }],
        'Segments',
        null,
        mayWrite
          ? [
              { label: 'Define by a rule', href: `${at}/segments/define`, isPrimary: true },
              { label: 'Find by scales', href: `${at}/segments/find`, isPrimary: false },
            ]
          : [],
      ),
      hasFound: found.length > 0,
      foundNote:
        result && run
          ? `Constructive: the number of segments was given, and no test says yet that nature has this many. ${number(result.grouped)} people grouped${result.leftOut > 0 ? `, ${number(result.leftOut)} left out because a scale is missing` : ''}; seed ${run.seed}; the best of ${showPercent(result.clustering.shareOfStartsAtBest, 0)} of the starts; ${showPercent(result.clustering.shareExplained)} of the differences lie between segments. Found on ${showDate(run.finishedAt ?? run.createdAt)}.`
          : '',
      shares:
        found.length > 0
          ? stack({
              id: 'shares',
              title: 'Shares of the segments found',
              parts: found.map((segment, index) => ({
                label: segment.name,
                share: (sizes.get(segment.id) ?? 0) / Math.max(1, result?.grouped ?? 1),
                count: sizes.get(segment.id) ?? 0,
                segmentClass: `seg-${(index % 8) + 1}`,
              })),
              note: null,
            })
          : null,
      found: {
        caption: 'Found segments',
        columns: [
          { label: 'Segment', isNumber: false },
          { label: 'People', isNumber: true },
          { label: 'Share, 95% interval', isNumber: true },
        ],
        rows: found.map((segment, index) => {
          const profile = JSON.parse(segment.profile ?? '{}') as FoundProfile;
          return {
            cells: [
              {
                text: segment.name,
                href: `${at}/segments/${segment.publicId}`,
                isNumber: false,
                segmentClass: `seg-${(index % 8) + 1}`,
              },
              { text: number(sizes.get(segment.id) ?? 0), href: null, isNumber: true },
              {
                text: `${showPercent(profile.share.share)} (${showPercent(profile.share.low)} to ${showPercent(profile.share.high)})`,
                href: null,
                isNumber: true,
              },
            ],
          };
        }),
      },
      hasDefined: defined.length > 0,
      defined: {
        caption: 'Segments defined by a rule',
        columns: [
          { label: 'Segment', isNumber: false },
          { label: 'Since', isNumber: false },
        ],
        rows: defined.map((segment) => ({
          cells: [
            { text: segment.name, href: `${at}/segments/${segment.publicId}`, isNumber: false },
            { text: showDate(segment.createdAt), href: null, isNumber: false },
          ],
        })),
      },
      isEmpty: list.length === 0,
      empty: {
        title: 'No segments yet',
        text: 'Define one by a rule over attributes and answers, or look for groups in the scales people answered.',
        action: mayWrite ? { label: 'Find by scales', href: `${at}/segments/find` } : null,
      },
    });
  });

  async function scaleChoices(study: EnteredStudy) {
    const choices: { value: string; label: string; survey: string }[] = [];
    const surveys = await store.surveys.list(study.id);
    const names = surveyNames(surveys);
    for (const survey of surveys) {
      if (survey.publishedVersionId === null) continue;
      const { definition } = await store.surveys.version(survey.publishedVersionId);
      for (const instrument of definition.instruments ?? []) {
        for (const scale of instrument.scales) {
          choices.push({
            value: `${survey.publicId} ${instrument.code}.${scale.code}`,
            label: `${wordingIn(scale.name, definition.languages[0] ?? 'en', definition.languages)} (${names.get(survey.id)})`,
            survey: survey.publicId,
          });
        }
      }
    }
    return choices;
  }
  const findPage = (study: EnteredStudy, choices: Awaited<ReturnType<typeof scaleChoices>>) => ({
    head: head(
      crumbs(study),
      'Find segments by scales',
      'People with alike scores are put together, in as many groups as you say. Every grouping finds groups, also where there are none: look at what sets them apart before you believe in them.',
    ),
    action: `${studyAddress(study)}/segments/find`,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.boxes('scales', 'Group people by', choices, { isRequired: true }),
      make.text('k', 'How many segments', { isRequired: true, isShort: true }),
      make.text('seed', 'Seed', {
        isShort: true,
        hint: 'The same seed and answers give the same segments to the last digit',
      }),
    ],
    buttons: buttons('Look for segments', { label: 'Cancel', href: `${studyAddress(study)}/segments` }),
  });
  door.get('/studio/:study/segments/find', 'researcher', async (visit, _req, res) => {
    const choices = await scaleChoices(visit.study);
    if (choices.length === 0)
      throw new Problem('conflict', 'There are no scales to group people by', {
        detail: 'Publish a survey that has an instrument with scales',
      });
    const [first] = choices;
    await showForm(house, visit, res, 'segments', findPage(visit.study, choices), {
      k: '4',
      seed: '1',
      scales: choices.filter((choice) => choice.survey === first?.survey).map((choice) => choice.value),
    });
  });
  door.post('/studio/:study/segments/find', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const form = formOf(req);
    try {
      const chosen = fieldList(form, 'scales').map((value) => value.split(' '));
      const surveys = new Set(chosen.map(([survey]) => survey));
      if (surveys.size > 1)
        throw new Problem('invalid', 'The scales are of different surveys', {
          errors: [{ pointer: '#/scales', detail: 'Choose scales of one survey' }],
        });
      const survey = await store.surveys.find(study.id, [...surveys][0] ?? '');
      if (!survey)
        throw new Problem('invalid', 'Choose what to group people by', {
          errors: [{ pointer: '#/scales', detail: 'Choose at least one scale' }],
        });
      const run = await analysis.findSegments(
        study,
        survey,
        {
          scales: chosen.map(([, scale]) => scale ?? ''),
          k: Number(field(form, 'k')),
          seed: Number(field(form, 'seed').trim() || '1'),
        },
        { userId: visit.user.id },
      );
      res.redirect(303, runAddress(study, run));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'segments', findPage(study, await scaleChoices(study)), form, error);
    }
  });

  /** What a rule may look at: what is known of people, and what was answered in codes and numbers. */
  async function ruleSubjects(study: EnteredStudy) {
    const attributes = (await store.people.attributeNames(study.workspaceId)).map((attribute) => ({
      value: `attribute:${attribute.name}`,
      label: `${attribute.name.replaceAll('_', ' ')} (${attribute.family}, known of ${Number(attribute.people).toLocaleString('en-GB')})`,
    }));
    const answers = new Map<string, { value: string; label: string }>();
    for (const survey of await store.surveys.list(study.id)) {
      if (survey.publishedVersionId === null) continue;
      const { definition } = await store.surveys.version(survey.publishedVersionId);
      for (const item of surveyItems(definition)) {
        if (isSpoken(item) || item.isIdentifying) continue;
        const text = itemWording(item, (wording) =>
          wordingIn(wording, definition.languages[0] ?? 'en', definition.languages),
        );
        const codes =
          item.options.length > 0
            ? ` [${item.options
                .slice(0, 8)
                .map((option) => option.code)
                .join(', ')}${item.options.length > 8 ? ', …' : ''}]`
            : '';
        if (!answers.has(item.address))
          answers.set(item.address, {
            value: `answer:${item.address}`,
            label: `${item.address}: ${text.slice(0, 60)}${codes}`,
          });
      }
    }
    return [...attributes, ...answers.values()];
  }

  async function showBuilder(
    visit: StudyVisit,
    res: Parameters<typeof showPage>[2],
    page: {
      segment: Segment | null;
      name: string;
      draft: RuleDraft;
      surveyId: string;
      problem: Problem | null;
      count: Awaited<ReturnType<typeof segments.count>> | null;
    },
  ): Promise<void> {
    const { study } = visit;
    const at = studyAddress(study);
    const subjects = await ruleSubjects(study);
    const published = (await store.surveys.list(study.id)).filter((survey) => survey.publishedVersionId !== null);
    const names = surveyNames(published);
    const lines = [
      ...page.draft.lines,
      ...(page.draft.lines.length === 0 ? [{ what: '', op: 'is', value: '', isNot: false }] : []),
    ];
    const errorAt = (name: string) => page.problem?.errors.find((error) => error.pointer === `#/${name}`)?.detail ?? '';
    if (page.problem) res.status(422);
    const people = page.count?.people;
    await showPage(house, visit, res, 'segments', 'studio/rule', {
      head: head(crumbs(study), page.segment ? `Change “${page.segment.name}”` : 'Define a segment by a rule'),
      isError: page.problem !== null,
      summary: page.problem
        ? summaryOf(page.problem, [
            'name',
            ...lines.flatMap((_, index) => [`what-${index + 1}`, `op-${index + 1}`, `value-${index + 1}`]),
          ])
        : null,
      action: page.segment ? `${at}/segments/${page.segment.publicId}/rule` : `${at}/segments/define`,
      version: page.segment ? String(page.segment.version) : '',
      name: page.name,
      nameError: errorAt('name'),
      isAny: page.draft.join === 'any',
      lines: lines.map((line, index) => ({
        position: index + 1,
        isNot: line.isNot,
        value: line.value,
        valueError: errorAt(`value-${index + 1}`),
        subjects: [
          { value: '', label: 'choose …', isChosen: line.what === '' },
          ...subjects.map((subject) => ({ ...subject, isChosen: subject.value === line.what })),
        ],
        operators: OPERATORS.map((operator) => ({
          value: operator.value,
          label: operator.label,
          isChosen: operator.value === line.op,
        })),
      })),
      surveys: [
        { value: '', label: 'no survey: people only', isChosen: page.surveyId === '' },
        ...published.map((survey) => ({
          value: survey.publicId,
          label: `respondents of ${names.get(survey.id)}`,
          isChosen: survey.publicId === page.surveyId,
        })),
      ],
      hasCount: page.count !== null,
      count: people
        ? `Of ${people.all.toLocaleString('en-GB')} people known, ${people.admitted.toLocaleString('en-GB')} are in, ${people.refused.toLocaleString('en-GB')} are not, and of ${people.unknown.toLocaleString('en-GB')} too little is known.`
        : '',
      responses: page.count?.responses
        ? `Of ${page.count.responses.all.toLocaleString('en-GB')} responses, ${page.count.responses.members.length.toLocaleString('en-GB')} are in.`
        : '',
      cancel: page.segment ? `${at}/segments/${page.segment.publicId}` : `${at}/segments`,
      empty: subjects.length === 0,
    });
  }

  async function build(
    visit: StudyVisit,
    req: Request,
    res: Parameters<typeof showPage>[2],
    segment: Segment | null,
  ): Promise<void> {
    const { study } = visit;
    const form = formOf(req);
    const draft = readDraft(form);
    const page = {
      segment,
      name: field(form, 'name'),
      draft,
      surveyId: field(form, 'survey'),
      problem: null,
      count: null,
    };
    if (field(form, 'do') === 'add')
      return showBuilder(visit, res, {
        ...page,
        draft: { ...draft, lines: [...draft.lines, { what: '', op: 'is', value: '', isNot: false }] },
      });
    try {
      const rule = segments.check(ruleOf(draft));
      const survey = page.surveyId === '' ? null : await store.surveys.find(study.id, page.surveyId);
      if (field(form, 'do') === 'count')
        return showBuilder(visit, res, { ...page, count: await segments.count(study, rule, survey?.id ?? null) });
      if (segment) {
        await segments.redefine(segment, Number(field(form, 'version')), { name: page.name, rule });
        return res.redirect(303, `${studyAddress(study)}/segments/${segment.publicId}`);
      }
      const defined = await segments.define(
        study,
        { name: page.name, rule, surveyId: survey?.id ?? null },
        { userId: visit.user.id },
      );
      res.redirect(303, `${studyAddress(study)}/segments/${defined.publicId}`);
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'invalid') throw error;
      await showBuilder(visit, res, { ...page, problem: error });
    }
  }

  door.get('/studio/:study/segments/define', 'researcher', async (visit, _req, res) => {
    const [survey] = (await store.surveys.list(visit.study.id)).filter((one) => one.publishedVersionId !== null);
    await showBuilder(visit, res, {
      segment: null,
      name: '',
      draft: { join: 'all', lines: [] },
      surveyId: survey?.publicId ?? '',
      problem: null,
      count: null,
    });
  });
  door.post('/studio/:study/segments/define', 'researcher', (visit, req, res) => build(visit, req, res, null));

  door.get('/studio/:study/segments/:segment', 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const segment = await segmentOf(study, req);
    const at = `${studyAddress(study)}/segments/${segment.publicId}`;
    const persona = await store.segments.personaOf(segment.id);
    const rule = segment.rule === null ? null : (JSON.parse(segment.rule) as Rule);
    const profile = segment.profile === null ? null : (JSON.parse(segment.profile) as FoundProfile);
    const count = rule ? await segments.count(study, rule, segment.surveyId) : null;
    const base = segment.surveyId === null ? null : await store.surveys.findById(study.id, segment.surveyId);
    const number = (n: number) => n.toLocaleString('en-GB');
    await showPage(house, visit, res, 'segments', 'studio/segment', {
      head: head(
        crumbs(study),
        segment.name,
        rule ? 'Defined by a rule.' : 'Found by grouping people with alike scores: constructive.',
      ),
      at,
      mayWrite: study.role !== 'viewer',
      facts: [
        ...(profile
          ? [
              {
                label: 'People',
                value: number(profile.size),
                note: `${showPercent(profile.share.share)}, ${showPercent(profile.share.low)} to ${showPercent(profile.share.high)}`,
              },
            ]
          : []),
        ...(count
          ? [
              {
                label: 'People in',
                value: number(count.people.admitted),
                note: `of ${number(count.people.all)}; unknown: ${number(count.people.unknown)}`,
              },
            ]
          : []),
        ...(count?.responses
          ? [
              {
                label: 'Responses in',
                value: number(count.responses.members.length),
                note: `of ${number(count.responses.all)}`,
              },
            ]
          : []),
        ...(base ? [{ label: 'Base', value: surveyTitle(base), note: null }] : []),
        { label: 'Version', value: String(segment.version), note: null },
      ],
      conditions: rule ? sentences(rule) : [],
      isNested: rule !== null && draftOf(rule) === null,
      isRule: rule !== null,
      profile: profile
        ? dots({
            id: 'profile',
            title: 'Where its middle lies, in standard deviations from everybody’s',
            rows: profile.scales.map((scale) => ({
              label: scale.name,
              difference: profile.standardisedCentre[scale.scale] ?? 0,
              low: null,
              high: null,
            })),
            digits: 2,
            zeroLabel: 'everybody',
            segmentClass: null,
            note: 'These scales formed the segment, so they describe it and are not tested.',
          })
        : null,
      persona: persona ? `${studyAddress(study)}/personas/${persona.publicId}` : '',
      name: segment.name,
    });
  });

  door.get('/studio/:study/segments/:segment/rule', 'researcher', async (visit, req, res) => {
    const segment = await segmentOf(visit.study, req);
    const draft = segment.rule === null ? null : draftOf(JSON.parse(segment.rule) as Rule);
    if (!draft)
      throw new Problem('conflict', 'This segment cannot be changed line by line', {
        detail: 'Define a new one instead',
      });
    const base = segment.surveyId === null ? null : await store.surveys.findById(visit.study.id, segment.surveyId);
    await showBuilder(visit, res, {
      segment,
      name: segment.name,
      draft,
      surveyId: base?.publicId ?? '',
      problem: null,
      count: null,
    });
  });
  door.post('/studio/:study/segments/:segment/rule', 'researcher', async (visit, req, res) =>
    build(visit, req, res, await segmentOf(visit.study, req)),
  );

  door.post('/studio/:study/segments/:segment/name', 'researcher', async (visit, req, res) => {
    const segment = await segmentOf(visit.study, req);
    await segments.rename(segment, field(formOf(req), 'name'));
    res.redirect(303, `${studyAddress(visit.study)}/segments/${segment.publicId}`);
  });

  door.post('/studio/:study/segments/:segment/persona', 'researcher', async (visit, req, res) => {
    const segment = await segmentOf(visit.study, req);
    const persona = await verbatim.personas.draw(visit.study, segment, null, { userId: visit.user.id });
    res.redirect(303, `${studyAddress(visit.study)}/personas/${persona.publicId}`);
  });
}

/** A rule as lines of plain words, each a level deeper where it nests. */
function sentences(rule: Rule, depth = 0): { text: string; depth: number }[] {
  if ('all' in rule)
    return [{ text: 'all of these hold:', depth }, ...rule.all.flatMap((part) => sentences(part, depth + 1))];
  if ('any' in rule)
    return [{ text: 'any of these holds:', depth }, ...rule.any.flatMap((part) => sentences(part, depth + 1))];
  if ('not' in rule) return [{ text: 'this does not hold:', depth }, ...sentences(rule.not, depth + 1)];
  return [{ text: describeLeaf(rule), depth }];
}
