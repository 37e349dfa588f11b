import type { Fate } from './personal-places.ts';
import type { RetainedPart } from './retention.ts';

/*
 * What becomes of every place in `personal-places` when a study keeps a part no longer. A test holds it against that list.
 * Rows are found by the response, the interview or the feedback they are of, and never by the person, who belongs to the
 * workspace.
 */

const OF_WORKSPACE = { stays: 'what is known of a person belongs to the workspace, and not to one of its studies' };
const CODED = { stays: 'a number, a code or a choice, which says nothing by itself of who gave it' };
const RESEARCH = { stays: 'what researchers did, without a word of what was said' };

export const RETAINED: Readonly<Record<string, { stays: string } | Partial<Record<RetainedPart, Fate>>>> = {
  people: OF_WORKSPACE,
  person_links: OF_WORKSPACE,
  person_identities: OF_WORKSPACE,
  attributes: OF_WORKSPACE,
  company_members: OF_WORKSPACE,
  events: OF_WORKSPACE,
  intake_records: OF_WORKSPACE,
  bounces: OF_WORKSPACE,
  opt_outs: OF_WORKSPACE,
  segment_people: OF_WORKSPACE,
  participations: { identifiers: { elsewhere: 'goes once nothing of the study leads to it' } },
  invitations: { identifiers: { elsewhere: 'goes by its own age' } },
  offers: { identifiers: { elsewhere: 'goes by its own age' } },
  exposures: { identifiers: { elsewhere: 'goes by its own age' } },
  letters: { identifiers: { elsewhere: 'goes by its own age, once it is settled' } },
  deliveries: { identifiers: { elsewhere: 'emptied' }, words: { elsewhere: 'emptied' } },
  response_records: {
    identifiers: { elsewhere: 'without who it was, what was known of them, and answers that name somebody' },
    words: { elsewhere: 'without answers in words' },
  },
  responses: { identifiers: { set: { participation_id: null, attributes: null } } },
  answers: {
    identifiers: { elsewhere: 'what names somebody is emptied; that it was answered stays' },
    words: { elsewhere: 'words are emptied; that it was answered stays' },
  },
  source_texts: {
    words: { elsewhere: 'emptied; the place stays, so that codes count and quotes lead to words that are gone' },
  },
  scores: CODED,
  segment_memberships: CODED,
  segment_placements: { identifiers: { set: { person_id: null } } },
  consents: { stays: 'the proof of what was agreed to' },
  consent_records: { identifiers: { set: { given_how: '' } } },
  claims: { identifiers: 'goes' },
  files: {
    identifiers: { set: { name: '', sha256: '', bytes: 0 } },
    words: { set: { name: '', sha256: '', bytes: 0 } },
  },
  left_out: RESEARCH,
  response_labels: RESEARCH,
  response_notes: { words: 'goes' },
  quality_flags: CODED,
  text_findings: { words: 'goes' },
  text_readings: CODED,
  codings: { words: { set: { span_hash: '' } } },
  coder_proposals: { words: 'goes' },
  coding_decisions: RESEARCH,
  theme_documents: CODED,
  theme_placements: CODED,
  theme_quotes: { words: 'goes' },
  theme_check_answers: RESEARCH,
  insight_evidence: { stays: 'it leads to words that are gone, and so asks for the insight to be looked at again' },
  memos: { words: { elsewhere: 'emptied' } },
  ladder_rungs: { words: { elsewhere: 'emptied' } },
  mask_decisions: { words: 'goes' },
  source_patches: { words: { elsewhere: 'emptied' } },
  transcript_cues: { words: 'goes' },
  interviews: { identifiers: { elsewhere: 'called by a number, without a place and without who it was' } },
  interview_states: { words: { set: { note: '' } } },
  interview_notes: RESEARCH,
  interview_segments: CODED,
  guide_marks: RESEARCH,
  media_files: { words: { set: { name: '', sha256: '' } } },
  transcriptions: RESEARCH,
  transcript_drafts: { words: 'goes' },
  kept_elements: { words: 'goes' },
  withdrawals: { stays: 'the proof that it was deleted, without a word' },
  recruiting_people: { identifiers: { set: { person_id: null, response_id: null, email: null, payout: null } } },
  recruiting_bookings: { identifiers: { set: { consent_text: '', reference: '' } } },
  recruiting_letters: { identifiers: 'goes' },
  feedback: {
    identifiers: {
      set: { person_id: null, email: null, page_url: null, replay_url: null, fingerprint: '', viewport: null },
    },
    words: { set: { words: '', words_hash: '', page_title: '', mark: null, selector: null } },
  },
  feedback_notes: { words: 'goes' },
  disclosures: RESEARCH,
};
