import type { Request, Response } from 'express';
import { Problem } from '../../model/problem.ts';
import type { Rule, RuleUnit } from '../../model/rule.ts';
import type { Segment } from '../../store/segments.ts';
import type { House } from '../app.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { answerRefused, studyAddress } from './frame.ts';
import { type Building, baseOf, buildingFrom, carried, ruleFrom, withRule } from './rule-building.ts';
import {
  conditionAt,
  draftOf,
  type RuleDraft,
  ruleOf,
  withChanged,
  withCondition,
  withNot,
  withOtherJoin,
  without,
} from './rule-draft.ts';
import { needsSubject } from './rule-fields.ts';
import { formFrom } from './rule-form.ts';
import { FORM_BYTES_MAX, jsonIn, refuseTooLarge, ruleInJson, sendRule, showJson } from './rule-json.ts';
import { leafFrom } from './rule-leaf.ts';
import { showBuilder } from './rule-page.ts';
import { kindIn, showCondition, showKinds, showSubject, subjectIn } from './rule-steps.ts';
import { missingNames, ruleNames } from './rule-words.ts';
import { segmentOf } from './segment-place.ts';
import { readUpload } from './upload.ts';

/** Defining and changing segments by a rule, step by step, each step a form. */
export function ruleBuilderDoor(door: Doorway, house: House): void {
  const { store, segments } = house.verbatim;
  const upload = readUpload({ fileSize: FORM_BYTES_MAX, files: 1, fields: 200, fieldSize: FORM_BYTES_MAX }, 'file');

  async function save(visit: StudyVisit, res: Response, building: Building): Promise<void> {
    const { study } = visit;
    const { segment, name, draft, rule, unit } = building;
    if (draft && draft.parts.length === 0)
      throw new Problem('invalid', 'The rule needs a condition', {
        errors: [{ pointer: '#/add', detail: 'Add a condition: it says who is in the segment' }],
      });
    const at = `${studyAddress(study)}/segments`;
    const survey = await baseOf(house, study, building.base);
    if (segment) {
      await segments.redefine(segment, Number(building.version), { name, rule, surveyId: survey?.id ?? null });
      return res.redirect(303, `${at}/${segment.publicId}`);
    }
    const defined = await segments.define(
      study,
      { name, rule, surveyId: survey?.id ?? null, unit },
      { userId: visit.user.id },
    );
    res.redirect(303, `${at}/${defined.publicId}`);
  }

  /** Takes the place of the rule so far, and says what it names that this study does not have. */
  async function takeIn(visit: StudyVisit, res: Response, building: Building, json: string): Promise<void> {
    const next = withRule(building, ruleInJson(json, building.unit));
    const codes = (await store.codebook.all(visit.study.id)).map(({ name }) => name);
    const missing = missingNames(next.rule, await ruleNames(house, visit.study, next.rule), codes);
    await showBuilder(house, visit, res, next, {
      notice: {
        kind: missing.length === 0 ? 'good' : 'warn',
        title: 'The rule is taken in, and not saved yet',
        text:
          missing.length === 0
            ? null
            : `This study does not have ${missing.join(', ')}: such a condition is unknown of everybody. Change it, or take it out.`,
        links: [],
      },
    });
  }

  async function take(visit: StudyVisit, req: Request, res: Response, segment: Segment | null): Promise<void> {
    const form = formOf(req);
    const building = buildingFrom(form, segment);
    const [, deed = '', place = ''] = /^([a-z]+):?(.*)$/.exec(field(form, 'do')) ?? [];
    const step = { visit, res, building, form };
    try {
      if (deed === 'save') return await save(visit, res, building);
      if (deed === 'json') return await showJson(house, step);
      if (deed === 'download') return sendRule(res, building.rule, building.name);
      if (deed === 'takein') {
        refuseTooLarge(req.file);
        return await takeIn(visit, res, building, jsonIn(form, req.file));
      }
      const next = building.draft && (await change(step, building.draft, deed, place));
      if (next !== 'shown') await showBuilder(house, visit, res, next ?? building);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.kind === 'conflict' && deed === 'save' && segment?.rule) {
        answerRefused(res, error);
        return showBuilder(
          house,
          visit,
          res,
          { ...building, version: String(segment.version) },
          { notice: theirs(visit, segment, error) },
        );
      }
      if (error.kind !== 'invalid') throw error;
      const failed = { ...step, problem: error };
      if (deed === 'takein') return showJson(house, { ...failed, form: { ...form, json: jsonIn(form, req.file) } });
      if (deed === 'kind') return showKinds(house, failed);
      if (deed === 'subject') return showSubject(house, failed);
      if (deed === 'put' && !error.errors.some(({ pointer }) => pointer === '#/rule'))
        return showCondition(house, failed);
      await showBuilder(house, visit, res, building, { problem: error });
    }
  }

  /** That somebody saved first: what this form holds stays, and saving it again is then meant. */
  const theirs = (visit: StudyVisit, segment: Segment, { message }: Problem) => ({
    kind: 'warn',
    title: message,
    text: 'Theirs is what holds. Yours stands below and is not saved: saving it again puts it in the place of theirs.',
    links: [{ label: 'Look at theirs', href: `${studyAddress(visit.study)}/segments/${segment.publicId}` }],
  });

  /** Does what a button says, and gives the rule that comes of it; a step of its own is shown at once. */
  async function change(
    step: Parameters<typeof showCondition>[1],
    draft: RuleDraft,
    deed: string,
    place: string,
  ): Promise<Building | 'shown' | null> {
    const { building, form } = step;
    const changedTo = (next: RuleDraft): Building => ({ ...building, draft: next, rule: ruleOf(next) });
    switch (deed) {
      case 'add':
        await showKinds(house, { ...step, form: { ...form, at: '', into: place } });
        return 'shown';
      case 'edit': {
        const condition = conditionAt(draft, place);
        const filled = condition && formFrom(condition.leaf);
        if (!filled) return null;
        await showCondition(house, { ...step, form: { ...carried(form), ...filled, at: place, into: '' } });
        return 'shown';
      }
      case 'kind':
        await (needsSubject(kindIn(form).value) ? showSubject(house, step) : showCondition(house, step));
        return 'shown';
      case 'subject':
        await showCondition(house, { ...step, form: { ...form, subject: subjectIn(form) } });
        return 'shown';
      case 'more':
        await showCondition(house, step, place);
        return 'shown';
      case 'put': {
        const leaf = leafFrom({ ...form, ruleUnit: building.unit });
        const at = field(form, 'at');
        const next = changedTo(
          at === '' ? withCondition(draft, field(form, 'into'), leaf) : withChanged(draft, at, leaf),
        );
        segments.check(next.rule, building.unit);
        return next;
      }
      case 'remove':
        return changedTo(without(draft, place));
      case 'not':
        return changedTo(withNot(draft, place));
      case 'join':
        return changedTo(withOtherJoin(draft, place));
      default:
        return null;
    }
  }

  door.get('/studio/:study/segments/define', 'researcher', async (visit, req, res) => {
    const [survey] = (await store.surveys.list(visit.study.id)).filter((one) => one.publishedVersionId !== null);
    const unit: RuleUnit = queryOf(req, 'of') === 'companies' ? 'company' : 'person';
    const code = queryOf(req, 'example');
    const example = code === '' ? null : segments.examples.find(code);
    // Pages that found something lead here with the rule that asks for it.
    const rule = example?.rule ?? ruleFrom(queryOf(req, 'rule'), unit);
    await showBuilder(house, visit, res, {
      segment: null,
      unit,
      name: example?.name ?? queryOf(req, 'name'),
      base: unit === 'company' ? '' : (survey?.publicId ?? ''),
      version: '',
      rule,
      draft: draftOf(rule),
    });
  });
  door.post('/studio/:study/segments/define', 'researcher', upload, (visit, req, res) => take(visit, req, res, null));

  /** @throws Problem `conflict` for a segment that was found, which has no rule */
  function ruleOfSegment({ rule }: Segment): Rule {
    if (rule === null)
      throw new Problem('conflict', 'This segment was found, not defined', { detail: 'Define a new one by a rule' });
    return JSON.parse(rule) as Rule;
  }

  door.get('/studio/:study/segments/:segment/rule', 'researcher', async (visit, req, res) => {
    const segment = await segmentOf(house, visit.study, req);
    const rule = ruleOfSegment(segment);
    const base = segment.surveyId === null ? null : await store.surveys.findById(visit.study.id, segment.surveyId);
    await showBuilder(house, visit, res, {
      segment,
      unit: segment.unit,
      name: segment.name,
      base: base?.publicId ?? '',
      version: String(segment.version),
      rule,
      draft: draftOf(rule),
    });
  });
  door.post('/studio/:study/segments/:segment/rule', 'researcher', upload, async (visit, req, res) =>
    take(visit, req, res, await segmentOf(house, visit.study, req)),
  );
  door.get('/studio/:study/segments/:segment/rule.json', 'viewer', async (visit, req, res) => {
    const segment = await segmentOf(house, visit.study, req);
    sendRule(res, ruleOfSegment(segment), segment.name);
  });
}
