import type { Request, Response } from 'express';
import { CONSENT_USE_NAMES, CONSENT_USES, type ConsentUse } from '../../model/consent.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import type { Interview } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldList, formOf } from '../form.ts';
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
import { writtenLinks } from './written-places.ts';

const PAGE = '/studio/:study/interviews/:interview/consent';
const TEXTS = '/studio/:study/consent-texts';

/** Counted since a later version; proofs that were written before do not have them. */
const LATER_COUNTS = [
  { of: 'drafts', label: 'Transcripts not brought in yet, deleted', note: null },
  { of: 'imports', label: 'Projects that were being looked at, let go', note: 'all of the study, whoever they are of' },
  { of: 'bookings', label: 'Appointments called off', note: null },
  {
    of: 'codeMemos',
    label: 'Memos on codes of this interview, left',
    note: 'researchers may have quoted in them: read them through',
  },
  { of: 'comments', label: 'Remarks on personas that held their words, emptied', note: null },
] as const;

const usesInWords = (purposes: readonly string[]): string => {
  const names = purposes.map((purpose) => CONSENT_USE_NAMES[purpose as ConsentUse]?.label ?? purpose);
  return names.length === 0 ? 'nothing' : names.join(', ');
};

/** What somebody interviewed agreed to, by which text, and what became of their words if they took it back. */
export function consentDoor(door: Doorway, house: House): void {
  const { store, consents } = house.verbatim;

  async function interviewOf(study: EnteredStudy, req: Request): Promise<Interview> {
    const interview = await store.notes.findInterview(study.id, String(req.params['interview']));
    if (!interview) throw new Problem('not-found', 'There is no such interview in this study');
    return interview;
  }

  async function show(
    visit: StudyVisit,
    res: Response,
    interview: Interview,
    typed: Record<string, string | string[]> | null = null,
    problem: Problem | null = null,
  ): Promise<void> {
    const { study } = visit;
    const at = `${studyAddress(study)}/interviews/${interview.publicId}`;
    const [standing, holds, records, texts, proof] = await Promise.all([
      store.consents.ofInterview(study.id, interview.publicId),
      consents.holds(study, interview),
      store.consents.records(study.id, interview.publicId),
      store.consents.texts(study.id),
      store.withdrawals.of(study.id, interview.publicId),
    ]);
    const known = texts.find(
      ({ version, language }) => version === standing?.textVersion && language === standing.language,
    );
    const values = typed ?? {
      purposes: [...holds],
      text: known ? `${known.version} ${known.language}` : texts.length > 0 ? '' : (standing?.textVersion ?? ''),
      givenOn: '',
      givenHow: '',
      expiresOn: standing?.expiresOn ?? '',
    };
    const make = fieldMaker(values, problem?.errors ?? []);
    const choices = texts.map(({ version, language }) => ({
      value: `${version} ${language}`,
      label: `${version} (${language})`,
    }));
    const codes = proof ? await store.notes.codes(study.id) : [];
    if (problem) answerRefused(res, problem);
    await showPage(house, visit, res, 'interviews', 'studio/consent', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Interviews', href: `${studyAddress(study)}/interviews` },
          { label: interview.title, href: at },
        ],
        'Consent',
        proof ? null : 'What they agreed to, use by use. What is not ticked is not done with their words.',
        proof ? [] : [{ label: 'Texts of consent', href: `${studyAddress(study)}/consent-texts`, isPrimary: false }],
      ),
      isError: problem !== null,
      summary: problem ? summaryOf(problem, ['purposes', 'text', 'givenOn', 'givenHow', 'expiresOn']) : null,
      action: `${at}/consent`,
      withdrawal: `${at}#withdrawal`,
      uses: CONSENT_USES.map((use) => ({
        label: CONSENT_USE_NAMES[use].label,
        hint: CONSENT_USE_NAMES[use].hint,
        isGiven: holds.includes(use),
      })),
      isOver:
        standing?.expiresOn && standing.withdrawnAt === null && holds.length === 0
          ? `What they agreed to ended on ${showDate(standing.expiresOn)}.`
          : '',
      until: standing?.expiresOn && holds.length > 0 ? `It holds until ${showDate(standing.expiresOn)}.` : '',
      by: standing
        ? `By the text “${standing.textVersion}” (${standing.language}), ${showDate(standing.givenAt)}.`
        : 'Nothing was noted yet.',
      fields: [
        make.boxes(
          'purposes',
          'They agree to',
          CONSENT_USES.map((use) => ({ value: use, ...CONSENT_USE_NAMES[use] })),
        ),
        choices.length > 0
          ? make.select('text', 'By which text', [{ value: '', label: 'Choose one' }, ...choices], { isRequired: true })
          : make.text('text', 'By which text', {
              isRequired: true,
              hint: 'A name or version of it. Texts that the study keeps can be chosen here',
            }),
        make.text('givenOn', 'On which day', { isRequired: true, type: 'date', isShort: true }),
        make.text('givenHow', 'How', { isRequired: true, hint: 'Such as “signed form” or “on the recording”' }),
        make.text('expiresOn', 'Until', { type: 'date', isShort: true, hint: 'Left empty, it has no end' }),
      ],
      hasRecords: records.length > 0,
      records: {
        caption: 'What was noted',
        isStacked: true,
        columns: [
          { label: 'Given', isNumber: false },
          { label: 'Agreed to', isNumber: false },
          { label: 'Text', isNumber: false },
          { label: 'How', isNumber: false },
          { label: 'Noted by', isNumber: false },
        ],
        rows: records.map((record) => ({
          cells: [
            { text: showDate(record.givenOn), href: null, isNumber: false },
            {
              text: `${usesInWords(record.purposes)}${record.expiresOn ? `, until ${showDate(record.expiresOn)}` : ''}`,
              href: null,
              isNumber: false,
            },
            { text: `${record.textVersion} (${record.language})`, href: null, isNumber: false },
            { text: record.givenHow, href: null, isNumber: false },
            { text: record.by ?? 'The command line', href: null, isNumber: false },
          ],
        })),
      },
      proof: proof && {
        when: showDate(proof.withdrawnAt, true),
        by: proof.by ?? 'the command line',
        id: proof.publicId,
        facts: [
          { label: 'Turns and notes deleted', value: String(proof.counts.texts), note: 'in all their versions' },
          { label: 'Corrections emptied', value: String(proof.counts.corrections), note: null },
          { label: 'Memos deleted', value: String(proof.counts.memos), note: null },
          { label: 'Steps of coding emptied', value: String(proof.counts.steps), note: null },
          { label: 'Recordings deleted', value: String(proof.counts.media), note: null },
          { label: 'Insights to look at again', value: String(proof.counts.insights), note: null },
          { label: 'Personas to look at again', value: String(proof.counts.personas), note: null },
          ...LATER_COUNTS.flatMap(({ of, ...fact }) => {
            const count = proof.counts[of];
            return count === undefined ? [] : [{ ...fact, value: String(count) }];
          }),
        ],
        written: writtenLinks(study, proof.counts.written ?? []),
        rename: `${at}/consent/rename`,
        codes: codes
          .filter(({ publicId }) => proof.codesToRename.includes(publicId))
          .map(({ publicId }, index) => ({
            label: `Code ${index + 1}`,
            href: `${studyAddress(study)}/codebook/${publicId}`,
          })),
      },
    });
  }

  door.get(PAGE, 'researcher', async (visit, req, res) => show(visit, res, await interviewOf(visit.study, req)));
  door.post(PAGE, 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(visit.study, req);
    const form = formOf(req);
    try {
      await consents.record(
        visit.study,
        interview,
        {
          purposes: fieldList(form, 'purposes'),
          text: field(form, 'text'),
          givenOn: field(form, 'givenOn'),
          givenHow: field(form, 'givenHow'),
          expiresOn: field(form, 'expiresOn'),
        },
        { userId: visit.user.id },
      );
      res.redirect(303, `${studyAddress(visit.study)}/interviews/${interview.publicId}/consent`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await show(visit, res, interview, { ...form, purposes: fieldList(form, 'purposes') }, error);
    }
  });

  door.post(`${PAGE}/rename`, 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(visit.study, req);
    await consents.renameCodes(visit.study, interview);
    res.redirect(303, `${studyAddress(visit.study)}/interviews/${interview.publicId}/consent`);
  });

  const textPage = (study: EnteredStudy) => ({
    head: head(
      [
        { label: study.name, href: studyAddress(study) },
        { label: 'Texts of consent', href: `${studyAddress(study)}/consent-texts` },
      ],
      'New text',
      'A text is never changed once people agreed by it: another version takes its place.',
    ),
    action: `${studyAddress(study)}/consent-texts/new`,
    fields: (make: ReturnType<typeof fieldMaker>) => [
      make.text('version', 'Version', { isRequired: true, isShort: true, hint: 'Such as 2026-03' }),
      make.text('language', 'Language', { isRequired: true, isShort: true, hint: 'Its code, such as en or de' }),
      make.area('text', 'The text as people read it', { isRequired: true, rows: 12 }),
    ],
    buttons: buttons('Keep the text', { label: 'Cancel', href: `${studyAddress(study)}/consent-texts` }),
  });
  door.get(TEXTS, 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    const texts = await store.consents.texts(study.id);
    const action = { label: 'New text', href: `${studyAddress(study)}/consent-texts/new` };
    await showPage(house, visit, res, 'interviews', 'studio/consent-texts', {
      head: head(
        [
          { label: study.name, href: studyAddress(study) },
          { label: 'Interviews', href: `${studyAddress(study)}/interviews` },
        ],
        'Texts of consent',
        'What people are asked before a talk. Each version stays as it was agreed to.',
        [{ ...action, isPrimary: true }],
      ),
      texts: texts.map(({ version, language, text, createdAt }) => ({
        title: `${version} (${language})`,
        text,
        lang: language,
        createdAt: showDate(createdAt),
      })),
      empty: {
        title: 'No text yet',
        text: 'Keep the words by which you ask for consent, so that each interview says by which it was given.',
        action,
      },
    });
  });
  door.get(`${TEXTS}/new`, 'researcher', (visit, _req, res) =>
    showForm(house, visit, res, 'interviews', textPage(visit.study), { language: 'en' }),
  );
  door.post(`${TEXTS}/new`, 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    try {
      await consents.addText(
        visit.study,
        { version: field(form, 'version'), language: field(form, 'language'), text: field(form, 'text') },
        { userId: visit.user.id },
      );
      res.redirect(303, `${studyAddress(visit.study)}/consent-texts`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'interviews', textPage(visit.study), form, error);
    }
  });
}
