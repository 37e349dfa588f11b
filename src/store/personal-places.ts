/*
 * The one list of everywhere that somebody is kept. It serves whoever asks what is kept of a person, and whoever erases
 * them; a test holds it against every column of the database that points to people and what they said.
 */

/** The ids by which a row is somebody's. */
export type ReachKey =
  | 'person'
  | 'personPublic'
  | 'participation'
  | 'response'
  | 'responsePublic'
  | 'interview'
  | 'interviewPublic'
  | 'source'
  | 'feedback'
  | 'feedbackPublic'
  | 'invited'
  | 'message';

/** Everything by which somebody is known within the database, each kind of id by itself. */
export type Reach = { [Key in ReachKey]: (number | string)[] };

/**
 * What becomes of a row when its person is erased: it goes; it stays without what it said; or it stays as it is, since it
 * says nothing of anybody. `elsewhere` is emptied by a step of its own.
 */
export type Fate =
  | 'goes'
  | { set: Readonly<Record<string, string | number | null>> }
  | { elsewhere: string }
  | { stays: string };

export type Place = {
  /** Names as the database has them. */
  table: string;
  /** Columns that lead to somebody; a row is theirs by any of them. */
  by: Readonly<Record<string, ReachKey>>;
  /** What it is called where people read it. */
  title: string;
  /** Columns that are no use outside: hashes of secrets, and what only leads to other rows. */
  hidden?: readonly string[];
  fate: Fate;
};

const TOMBSTONE = 'a number without a name, so that nothing points into the void';

export const PLACES: readonly Place[] = [
  { table: 'people', by: { id: 'person' }, title: 'Who they are', fate: { elsewhere: 'marked as erased' } },
  {
    table: 'person_links',
    by: { person_id: 'person', canonical_id: 'person' },
    title: 'Whom they were merged with',
    fate: { stays: TOMBSTONE },
  },
  { table: 'person_identities', by: { person_id: 'person' }, title: 'Ids they came with', fate: 'goes' },
  { table: 'attributes', by: { person_id: 'person' }, title: 'What is known of them', hidden: ['seq'], fate: 'goes' },
  { table: 'company_members', by: { person_id: 'person' }, title: 'Their companies, and roles there', fate: 'goes' },
  { table: 'events', by: { person_id: 'person' }, title: 'What they did', hidden: ['seq'], fate: 'goes' },
  {
    table: 'intake_records',
    by: { seq: 'message' },
    title: 'Messages of programs about them, as they came',
    fate: 'goes',
  },
  {
    table: 'participations',
    by: { id: 'participation', person_id: 'person' },
    title: 'Studies they take part in, and what they are called there',
    fate: 'goes',
  },
  {
    table: 'invitations',
    by: { person_id: 'person' },
    title: 'Personal links to surveys',
    hidden: ['token_hash'],
    fate: 'goes',
  },
  { table: 'offers', by: { person_id: 'person' }, title: 'Surveys that were offered', fate: 'goes' },
  { table: 'exposures', by: { person_id: 'person' }, title: 'Decisions whether to offer one', fate: 'goes' },
  { table: 'letters', by: { person_id: 'person' }, title: 'Letters', hidden: ['address_seal'], fate: 'goes' },
  {
    table: 'bounces',
    by: { person_id: 'person' },
    title: 'Letters that came back',
    hidden: ['address_seal'],
    fate: 'goes',
  },
  {
    table: 'opt_outs',
    by: { person_id: 'person' },
    title: 'What they do not want to be asked',
    hidden: ['address_seal'],
    fate: { stays: 'a seal of the address keeps letters from them should somebody bring it in again' },
  },
  {
    table: 'deliveries',
    by: { person_id: 'person', subject: 'responsePublic' },
    title: 'What other programs were told of them',
    fate: {
      elsewhere: 'emptied and no longer theirs; that a response was withdrawn is still told, without a word of it',
    },
  },
  {
    table: 'response_records',
    by: { participation_id: 'participation', response_id: 'responsePublic' },
    title: 'Every page that was sent, as it came',
    hidden: ['content_hash'],
    fate: { elsewhere: 'emptied of everything but that it came, and when' },
  },
  {
    table: 'responses',
    by: { participation_id: 'participation', public_id: 'responsePublic' },
    title: 'Responses',
    fate: {
      set: {
        participation_id: null,
        attributes: null,
        device: null,
        browser: null,
        country: null,
        source: null,
        wave: null,
      },
    },
  },
  { table: 'answers', by: { response_id: 'response' }, title: 'Answers', fate: 'goes' },
  {
    table: 'source_texts',
    by: { public_id: 'source', subject_id: 'responsePublic' },
    title: 'Words, as they were written or said',
    hidden: ['text_hash'],
    fate: { elsewhere: 'emptied; the place stays, so that quotes lead to words that are gone' },
  },
  { table: 'scores', by: { response_id: 'response' }, title: 'Scores on scales', fate: 'goes' },
  {
    table: 'segment_memberships',
    by: { response_id: 'response' },
    title: 'Segments they were found in',
    fate: 'goes',
  },
  { table: 'segment_people', by: { person_id: 'person' }, title: 'Segments by what is known of them', fate: 'goes' },
  {
    table: 'segment_placements',
    by: { person_id: 'person', response_id: 'response' },
    title: 'Segments they were placed in, and by what',
    fate: 'goes',
  },
  {
    table: 'consents',
    by: { subject_id: 'personPublic' },
    title: 'What they agreed to, or no longer agree to',
    fate: 'goes',
  },
  {
    table: 'consents',
    by: { subject_id: 'responsePublic' },
    title: 'What they agreed to for a response',
    fate: { stays: 'the proof of what was agreed to, and that it ended' },
  },
  {
    table: 'consents',
    by: { subject_id: 'interviewPublic' },
    title: 'What they agreed to for an interview',
    fate: { stays: 'the proof of what was agreed to, and that it ended' },
  },
  {
    table: 'consent_records',
    by: { interview_id: 'interviewPublic' },
    title: 'Each time they agreed to something in an interview',
    hidden: ['text_hash'],
    fate: { set: { given_how: '' } },
  },
  {
    table: 'claims',
    by: { response_id: 'responsePublic' },
    title: 'Ids of panels, and entries into draws',
    fate: 'goes',
  },
  {
    table: 'files',
    by: { response_id: 'responsePublic' },
    title: 'Files they sent',
    hidden: ['sha256'],
    fate: { set: { name: '', sha256: '', bytes: 0 } },
  },
  {
    table: 'left_out',
    by: { response_id: 'responsePublic' },
    title: 'Responses that were left out, and why',
    fate: 'goes',
  },
  { table: 'response_labels', by: { response_id: 'responsePublic' }, title: 'Labels on their responses', fate: 'goes' },
  { table: 'response_notes', by: { response_id: 'responsePublic' }, title: 'Notes on their responses', fate: 'goes' },
  {
    table: 'quality_flags',
    by: { response_id: 'responsePublic' },
    title: 'Doubts about their responses',
    fate: 'goes',
  },
  {
    table: 'text_findings',
    by: { response_id: 'responsePublic', source_id: 'source' },
    title: 'Personal data found in their words',
    fate: 'goes',
  },
  {
    table: 'text_readings',
    by: { response_id: 'responsePublic', source_id: 'source' },
    title: 'Language and mood of their words',
    fate: 'goes',
  },
  {
    table: 'codings',
    by: { source_id: 'source' },
    title: 'Codes on their words',
    hidden: ['span_hash'],
    fate: { elsewhere: 'taken away; the place stays, and leads to words that are gone' },
  },
  {
    table: 'coder_proposals',
    by: { source_id: 'source' },
    title: 'Codes that were proposed for their words',
    fate: 'goes',
  },
  {
    table: 'coding_decisions',
    by: { source_id: 'source' },
    title: 'Decisions about codes on their words',
    fate: 'goes',
  },
  { table: 'theme_documents', by: { source_id: 'source' }, title: 'Themes of their words', fate: 'goes' },
  {
    table: 'theme_placements',
    by: { source_id: 'source' },
    title: 'Themes that their words were placed in',
    fate: 'goes',
  },
  {
    table: 'theme_quotes',
    by: { source_id: 'source' },
    title: 'Themes that quote them',
    hidden: ['span_hash'],
    fate: 'goes',
  },
  {
    table: 'theme_check_answers',
    by: { source_id: 'source' },
    title: 'Checks of themes that their words are part of',
    fate: { stays: 'a place in a list that leads to words that are gone' },
  },
  {
    table: 'insight_evidence',
    by: { source_id: 'source' },
    title: 'Insights that rest on their words',
    hidden: ['span_hash'],
    fate: { stays: 'it leads to words that are gone, and so asks for the insight to be looked at again' },
  },
  {
    table: 'memos',
    by: { subject_id: 'responsePublic' },
    title: 'Memos on their responses',
    fate: { elsewhere: 'emptied, with those on their words' },
  },
  { table: 'memos', by: { subject_id: 'source' }, title: 'Memos on their words', fate: { elsewhere: 'emptied' } },
  {
    table: 'memos',
    by: { subject_id: 'interviewPublic' },
    title: 'Memos on their interviews',
    fate: { elsewhere: 'emptied' },
  },
  {
    table: 'ladder_rungs',
    by: { subject_id: 'responsePublic', source_id: 'source' },
    title: 'Ladders from their answers',
    fate: { elsewhere: 'emptied' },
  },
  {
    table: 'ladder_rungs',
    by: { subject_id: 'interviewPublic' },
    title: 'Ladders from their interviews',
    fate: { elsewhere: 'emptied' },
  },
  { table: 'mask_decisions', by: { source_id: 'source' }, title: 'What is hidden in their words', fate: 'goes' },
  {
    table: 'source_patches',
    by: { source_id: 'source' },
    title: 'Corrections of their words',
    fate: { elsewhere: 'emptied' },
  },
  { table: 'transcript_cues', by: { source_id: 'source' }, title: 'When they said it', fate: 'goes' },
  {
    table: 'interviews',
    by: { participation_id: 'participation', id: 'interview' },
    title: 'Interviews',
    fate: { elsewhere: 'emptied, as when they withdraw' },
  },
  {
    table: 'interview_states',
    by: { interview_id: 'interview' },
    title: 'How far their interviews came',
    fate: { set: { note: '' } },
  },
  {
    table: 'interview_notes',
    by: { interview_id: 'interview', source_id: 'source' },
    title: 'Who wrote notes of their interviews, and when',
    fate: { stays: 'who wrote when; the words are gone' },
  },
  {
    table: 'interview_segments',
    by: { interview_id: 'interview' },
    title: 'Segments of their interviews',
    fate: 'goes',
  },
  { table: 'guide_marks', by: { interview_id: 'interview' }, title: 'Questions that they were asked', fate: 'goes' },
  {
    table: 'media_files',
    by: { interview_id: 'interview' },
    title: 'Recordings',
    hidden: ['sha256'],
    fate: { set: { name: '', sha256: '' } },
  },
  {
    table: 'transcriptions',
    by: { interview_id: 'interview' },
    title: 'Recordings written down by a machine',
    fate: { stays: 'that it was done; the words are gone' },
  },
  { table: 'transcript_drafts', by: { interview_id: 'interview' }, title: 'Transcripts on their way in', fate: 'goes' },
  {
    table: 'kept_elements',
    by: { subject_id: 'interviewPublic' },
    title: 'What came with their interviews from other programs',
    fate: 'goes',
  },
  {
    table: 'withdrawals',
    by: { interview_id: 'interviewPublic' },
    title: 'Interviews they took back',
    fate: { stays: 'the proof that it was deleted, without a word' },
  },
  {
    table: 'recruiting_people',
    by: { id: 'invited', person_id: 'person', response_id: 'responsePublic' },
    title: 'Rounds of recruiting they were part of',
    hidden: ['token_hash'],
    fate: { elsewhere: 'emptied: no link, no address, no way of being paid' },
  },
  {
    table: 'recruiting_bookings',
    by: { participant_id: 'invited', interview_id: 'interview' },
    title: 'Appointments and what was promised for them',
    fate: { set: { consent_text: '', reference: '' } },
  },
  {
    table: 'recruiting_letters',
    by: { participant_id: 'invited' },
    title: 'Letters about appointments',
    hidden: ['address_seal'],
    fate: 'goes',
  },
  {
    table: 'feedback',
    by: { id: 'feedback', person_id: 'person' },
    title: 'Feedback',
    hidden: ['words_hash', 'fingerprint'],
    fate: { elsewhere: 'emptied; that something was said and how it was rated stays' },
  },
  { table: 'feedback_notes', by: { feedback_id: 'feedback' }, title: 'Notes on their feedback', fate: 'goes' },
  {
    table: 'disclosures',
    by: { subject: 'responsePublic' },
    title: 'Who opened their words without masks, and why',
    fate: { stays: 'who looked is kept; it holds no word of theirs' },
  },
  {
    table: 'disclosures',
    by: { subject: 'feedbackPublic' },
    title: 'Who opened their feedback without masks, and why',
    fate: { stays: 'who looked is kept; it holds no word of theirs' },
  },
];

/** Columns that point to people or their words and are not shown to them, by `table.column`, with the reason. */
export const EXEMPT: Readonly<Record<string, string>> = {
  'audit_log.object': 'holds no content; its rows about them are found by their ids and told beside the tables',
  'bookmarks.source_id': 'where a researcher stopped reading',
  'bookmarks.subject_id': 'where a researcher stopped reading',
  'coding_round_reads.source_id': 'what a researcher has read',
  'coding_round_texts.source_id': 'which texts researchers coded to compare themselves',
  'coding_round_texts.subject_id': 'which texts researchers coded to compare themselves',
  'coding_steps.changes': 'a researcher’s way back; steps with words of theirs are emptied when these go',
  'dead_letters.source_id': 'the source of events',
  'evidence_reviews.subject_id': 'an insight or a persona',
  'feedback.duplicate_of': 'other feedback that says the same',
  'feedback.source_id': 'the source of events',
  'feedback_buttons.source_id': 'the source of events',
  'intake_records.source_id': 'the source of events',
  'interview_team.interview_id': 'which members of the study hold an interview',
  'jobs.subject_id': 'a run, an import or a transcription',
  'reports.subject_id': 'a persona',
  'retention_gone.subject': 'that something of it is kept no longer, and nothing else',
  'source_files.source_id': 'the source of events',
  'turns_read.source_id': 'what a researcher has read',
};
