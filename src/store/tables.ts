import type { Generated } from 'kysely';
import type { InterviewState } from '../model/interview-state.ts';
import type { SegmentationLabel, SegmentationOrigin } from '../model/segmentation.ts';

/*
 * The tables as TypeScript sees them: camelCase here, snake_case in the database. JSON stands in text columns, yes and
 * no are 1 and 0, times are ISO 8601 in UTC, in both engines.
 */

type Id = Generated<number>;
type Json = string;
type Time = string;

export type Tables = {
  installation: { id: string; createdAt: Time };
  schemaMigrations: { number: number; name: string; appliedAt: Time; checksum: string | null };
  settings: { name: string; value: string };
  workspaces: { id: Id; publicId: string; name: string; createdAt: Time };
  users: {
    id: Id;
    publicId: string;
    email: string;
    name: string;
    passwordHash: string;
    isAdmin: number;
    createdAt: Time;
    disabledAt: Time | null;
  };
  members: { workspaceId: number; userId: number; role: string; createdAt: Time };
  sessions: {
    idHash: string;
    userId: number;
    createdAt: Time;
    seenAt: Time;
    expiresAt: Time;
    /** When whoever holds it last showed who they are; null for sessions from before this was noted. */
    authenticatedAt: Time | null;
    /** Browser and system, as a person would say them. */
    device: string | null;
  };
  accountLinks: {
    id: Id;
    publicId: string;
    tokenHash: string;
    kind: string;
    /** Where an invitation goes; the new address of a change. */
    email: string;
    userId: number | null;
    role: string | null;
    studyId: number | null;
    workspaceId: number | null;
    madeBy: number | null;
    createdAt: Time;
    expiresAt: Time;
    usedAt: Time | null;
  };
  accountLetters: {
    id: Id;
    kind: string;
    toAddress: string;
    linkId: number | null;
    about: Json;
    state: string;
    attempts: number;
    dueAt: Time;
    reason: string | null;
    createdAt: Time;
  };
  /** Apps that show codes; the secret is closed under a key of the installation. */
  codeApps: {
    userId: number;
    secret: string;
    confirmedAt: Time | null;
    lastStep: number | null;
    createdAt: Time;
  };
  recoveryCodes: { codeHash: string; userId: number; usedAt: Time | null };
  passkeys: {
    id: Id;
    publicId: string;
    userId: number;
    credentialId: string;
    /** As COSE writes it, in base64url. */
    publicKey: string;
    counter: number;
    transports: Json;
    name: string;
    createdAt: Time;
    usedAt: Time | null;
  };
  signInSteps: { idHash: string; userId: number; createdAt: Time; expiresAt: Time };
  outsideIdentities: { issuer: string; subject: string; userId: number; createdAt: Time };
  /** Names are hashes; times are milliseconds since 1970. */
  rateCounts: { name: string; times: Json; updatedAt: Time };
  studies: {
    id: Id;
    workspaceId: number;
    publicId: string;
    name: string;
    isClosed: number;
    inventedNotice: string | null;
    createdAt: Time;
    /** How its words are coded: `reliability` and `codebook` measure agreement, `reflexive` does not hold with it. */
    method: Generated<'reliability' | 'codebook' | 'reflexive'>;
    /** Whoever is not a researcher of it reads no figure of fewer people. */
    leastCell: Generated<number>;
    /** The way through it that a newcomer is led: a list of `TourStep`; null for none. */
    tour: Json | null;
  };
  /** Of which responses figures were told to others than researchers, so that no small number follows from two of them. */
  toldGroups: { id: Id; surveyId: number; digest: string; members: Json; toldAt: Time };
  /** From which responses a portrait was drawn, as `DrawnGroup`, and which of its figures were told: null until they are. */
  personaGroups: { id: Id; surveyId: number; members: Json; told: Json | null; toldAt: Time | null };
  studyMembers: { studyId: number; userId: number; role: string };
  surveys: {
    id: Id;
    studyId: number;
    publicId: string;
    slug: string;
    draft: Json;
    draftRevision: number;
    publishedVersionId: number | null;
    audienceSegmentId: number | null;
    state: string;
    createdAt: Time;
    settings: Generated<Json>;
    /** 1 for one in which nobody can be found again; decided before the first publishing, for good. */
    isAnonymous: Generated<number>;
    /** Which texts of the privacy notice it was published with last; null where it was published without any. */
    noticeSet: Generated<string | null>;
  };
  surveyDrafts: { surveyId: number; revision: number; draft: Json; savedAt: Time; savedBy: number | null };
  surveyVersions: {
    id: Id;
    surveyId: number;
    number: number;
    definition: Json;
    definitionHash: string;
    publishedAt: Time;
    publishedBy: number | null;
  };
  people: {
    id: Id;
    workspaceId: number;
    publicId: string;
    createdAt: Time;
    erasedAt: Time | null;
    /** 1 where a page said that somebody else with an id of their own is this person, and no server did. */
    isSaidSame: Generated<number>;
  };
  personLinks: { personId: number; canonicalId: number; linkedAt: Time };
  personIdentities: { id: Id; workspaceId: number; kind: string; value: string; personId: number };
  attributes: {
    id: Id;
    workspaceId: number;
    personId: number;
    name: string;
    family: string;
    value: Json;
    source: string;
    recordedAt: Time;
    /** The intake record it was read from; null for what came by another road. */
    seq: Generated<number | null>;
  };
  companies: { id: Id; workspaceId: number; publicId: string; externalId: string; name: string; createdAt: Time };
  companyMembers: {
    companyId: number;
    personId: number;
    role: string | null;
    /** Who said the role, and when. */
    roleSource: Generated<string | null>;
    roleAt: Generated<Time | null>;
  };
  participations: { id: Id; studyId: number; personId: number; pseudonym: string; createdAt: Time };
  invitations: { id: Id; surveyId: number; personId: number; tokenHash: string; createdAt: Time };
  consents: {
    id: Id;
    studyId: number;
    subjectKind: string;
    subjectId: string;
    purposes: Json;
    textVersion: string;
    language: string;
    givenAt: Time;
    withdrawnAt: Time | null;
    /** The last day on which it holds; null where it has no end. */
    expiresOn: Generated<string | null>;
    /** The seal of the privacy notice that was shown, for which country, and the years that were said to be reached. */
    noticeHash: Generated<string | null>;
    noticeCountry: Generated<string | null>;
    statedAge: Generated<number | null>;
  };
  /** Each time that somebody interviewed agreed to something or to less; `consents` holds what holds now. */
  consentRecords: {
    id: Id;
    studyId: number;
    interviewId: string;
    purposes: Json;
    textVersion: string;
    language: string;
    /** The seal of the text that was agreed to, where the house keeps it. */
    textHash: string | null;
    givenOn: string;
    /** In writing, by voice, by a tick: as it was noted. */
    givenHow: string;
    /** The last day on which it holds; null where it has no end. */
    expiresOn: string | null;
    recordedBy: number | null;
    recordedAt: Time;
  };
  importBatches: {
    id: Id;
    studyId: number;
    surveyId: number;
    publicId: string;
    fileName: string;
    mapping: Json;
    rowCount: number;
    state: string;
    createdBy: number | null;
    createdAt: Time;
    endedAt: Time | null;
  };
  responseRecords: {
    seq: Id;
    responseId: string;
    revision: number;
    kind: string;
    studyId: number;
    surveyId: number;
    surveyVersionId: number;
    participationId: number | null;
    batchId: number | null;
    contentHash: string;
    body: Json;
    receivedAt: Time;
  };
  intakeRecords: {
    seq: Id;
    workspaceId: number;
    sourceId: number | null;
    messageId: string;
    kind: string;
    name: string;
    userId: string | null;
    anonymousId: string | null;
    body: Json;
    occurredAt: Time;
    receivedAt: Time;
    /** How it was shown whom it speaks for; null where nothing was to be shown. */
    proof: Generated<string | null>;
  };
  sources: {
    id: Id;
    workspaceId: number;
    publicId: string;
    name: string;
    writeKey: string;
    createdBy: number | null;
    createdAt: Time;
    endedAt: Time | null;
    signing: Generated<string>;
    /** Sealed with the installation's key, as is the server key. */
    signingSecret: Generated<string | null>;
    serverKey: Generated<string | null>;
    serverKeyHash: Generated<string | null>;
    inbox: Generated<Json | null>;
  };
  sourceFiles: {
    id: Id;
    sourceId: number;
    publicId: string;
    name: string;
    sha256: string;
    bytes: number;
    origin: string;
    state: string;
    lines: number;
    /** Messages that were new, and those that had come before. */
    kept: number;
    known: number;
    refused: number;
    faults: Json;
    reason: string | null;
    createdAt: Time;
    endedAt: Time | null;
  };
  deadLetters: {
    id: Id;
    workspaceId: number;
    sourceId: number;
    receivedAt: Time;
    reason: string;
    body: string;
  };
  events: {
    seq: number;
    workspaceId: number;
    personId: number;
    kind: string;
    name: string;
    properties: Json;
    context: Json;
    occurredAt: Time;
  };
  attributeTypes: {
    workspaceId: number;
    subject: string;
    name: string;
    type: string;
    family: string;
    isSet: number;
  };
  companyAttributes: {
    id: Id;
    workspaceId: number;
    companyId: number;
    name: string;
    family: string;
    value: Json;
    source: string;
    recordedAt: Time;
    seq: number | null;
  };
  watermarks: { name: string; seq: number };
  responses: {
    id: Id;
    studyId: number;
    surveyId: number;
    surveyVersionId: number;
    publicId: string;
    participationId: number | null;
    batchId: number | null;
    state: string;
    revision: number;
    language: string;
    isTest: number;
    asked: Json;
    attributes: Json | null;
    purposes: Json;
    startedAt: Time;
    updatedAt: Time;
    completedAt: Time | null;
    lastPage: number;
    lastSeq: number;
    endCode: string | null;
    device: string | null;
    browser: string | null;
    country: string | null;
    source: string | null;
    wave: string | null;
  };
  leftOut: {
    responseId: string;
    studyId: number;
    surveyId: number;
    reason: string;
    madeBy: number | null;
    madeAt: Time;
  };
  waves: {
    id: Id;
    surveyId: number;
    publicId: string;
    number: number;
    name: string;
    startsAt: Time;
    endsAt: Time | null;
    target: number | null;
    cost: number | null;
    invited: number | null;
  };
  quotaCells: { surveyId: number; code: string; name: string; most: number; filled: number };
  claims: { name: string; responseId: string; madeAt: Time };
  suppliers: {
    id: Id;
    surveyId: number;
    publicId: string;
    name: string;
    idParameter: string;
    completeLink: string;
    screenedOutLink: string;
    quotaFullLink: string;
    duplicateLink: string;
    createdAt: Time;
    endedAt: Time | null;
  };
  singleLinks: { id: Id; surveyId: number; tokenHash: string; createdAt: Time };
  files: {
    id: Id;
    publicId: string;
    studyId: number;
    surveyId: number | null;
    responseId: string | null;
    item: string | null;
    name: string;
    mediaType: string;
    bytes: number;
    sha256: string;
    createdAt: Time;
    erasedAt: Time | null;
  };
  drawEntries: { id: Id; surveyId: number; contact: string; enteredOn: string };
  answers: { responseId: number; item: string; state: string; value: Json | null };
  sourceTexts: {
    id: Id;
    studyId: number;
    publicId: string;
    version: number;
    kind: string;
    /** The response's public id for an answer, the interview's for a turn, note or moment. */
    subjectId: string;
    item: string;
    position: number;
    speaker: string | null;
    text: string;
    textHash: string;
    replaced: number;
    createdAt: Time;
    erasedAt: Time | null;
    /** Milliseconds from the beginning of the talk; null where nobody knows. */
    startMs: Generated<number | null>;
    endMs: Generated<number | null>;
    /** When a corrected version took its place; null for the one that stands. */
    supersededAt: Generated<Time | null>;
    /** 1 for words that a machine wrote down and nobody has corrected. */
    isDraft: Generated<number>;
  };
  /** Transcripts that were read and are looked at before they are brought in. */
  transcriptDrafts: {
    id: Id;
    studyId: number;
    /** Null for one that is to become an interview of its own. */
    interviewId: number | null;
    publicId: string;
    fileName: string;
    parsed: string;
    choices: string;
    isMachine: number;
    createdBy: number | null;
    createdAt: Time;
    expiresAt: Time;
  };
  /** The captions that a turn was joined of; none for a turn that was one caption. */
  transcriptCues: {
    studyId: number;
    sourceId: string;
    sourceVersion: number;
    /** Where its words begin in the turn, in code points. */
    startPoint: number;
    /** Milliseconds from the beginning of the talk. */
    startMs: number;
    endMs: number | null;
  };
  mediaFiles: {
    id: Id;
    studyId: number;
    interviewId: number;
    publicId: string;
    name: string;
    mediaType: string;
    bytes: number;
    sha256: string;
    createdBy: number | null;
    createdAt: Time;
    erasedAt: Time | null;
  };
  transcriptions: {
    id: Id;
    studyId: number;
    interviewId: number;
    mediaId: number;
    publicId: string;
    state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
    step: Generated<string>;
    /** From 0 to 1. */
    progress: Generated<number>;
    failure: string | null;
    server: string;
    model: string;
    language: string;
    createdBy: number | null;
    createdAt: Time;
    endedAt: Time | null;
  };
  textLooks: {
    id: Id;
    surveyId: number;
    engineVersion: string;
    /** Up to which record answers were read. */
    watermark: number;
    texts: number;
    computedAt: Time;
    isDone: number;
  };
  textReadings: {
    lookId: number;
    sourceId: string;
    sourceVersion: number;
    responseId: string;
    item: string;
    language: string;
    /** Null where it is not known, as in languages that nothing was measured in. */
    sentiment: string | null;
    /** From −1000 to 1000. */
    score: number | null;
  };
  textFindings: {
    lookId: number;
    responseId: string;
    item: string;
    sourceId: string;
    sourceVersion: number;
    kind: string;
    spanStart: number;
    spanEnd: number;
  };
  /** What was corrected in a text as it was written down: each makes the version after it. */
  sourcePatches: {
    id: Id;
    studyId: number;
    sourceId: string;
    fromVersion: number;
    toVersion: number;
    /** A list of `{ start, end, text }`, in code points of the earlier version. */
    edits: Json;
    reason: string;
    /** How many codes went along, however often each stands there. */
    moved: number;
    /** The public ids of codings whose words went. */
    lost: Json;
    correctedBy: number | null;
    correctedAt: Time;
  };
  insights: {
    id: Id;
    studyId: number;
    publicId: string;
    statement: string;
    note: Generated<string>;
    status: 'draft' | 'standing' | 'retired';
    /** How sure its researchers are of it; null where nobody said. */
    confidence: 'low' | 'middle' | 'high' | null;
    /** What was decided because of it, on which day, and where that is carried on. */
    decision: Generated<string>;
    decidedOn: string | null;
    ticket: Generated<string>;
    ownerId: number | null;
    createdBy: number | null;
    createdAt: Time;
    changedAt: Time;
  };
  insightChanges: {
    id: Id;
    studyId: number;
    insightId: number;
    /** What changed: a field of it, its evidence, or who claims it. */
    what: string;
    before: Generated<string>;
    after: Generated<string>;
    changedBy: number | null;
    changedAt: Time;
  };
  /** Who hears of changes of an insight; the row is also the letter that tells them. */
  insightFollowers: {
    id: Id;
    studyId: number;
    insightId: number;
    userId: number;
    followedAt: Time;
    seenChange: Generated<number>;
    toldChange: Generated<number>;
    claimedChange: number | null;
    state: Generated<'quiet' | 'waiting' | 'sending'>;
    dueAt: Time | null;
    attempts: Generated<number>;
    reason: string | null;
  };
  insightEvidence: {
    id: Id;
    studyId: number;
    publicId: string;
    insightId: number;
    sourceId: string;
    sourceVersion: number;
    spanStart: number;
    spanEnd: number;
    spanHash: string;
    codingId: number | null;
    stance: 'for' | 'against';
    /** 1 where a correction touched the words since. */
    isChanged: Generated<number>;
    addedBy: number | null;
    addedAt: Time;
    removedAt: Time | null;
  };
  /** A claim of a persona: an insight, in the words in which the persona says it. */
  personaInsights: {
    id: Id;
    studyId: number;
    publicId: string;
    personaId: number;
    insightId: number;
    words: string;
    position: number;
    createdBy: number | null;
    createdAt: Time;
    removedAt: Time | null;
  };
  /** That somebody looked at an insight or a persona again after words went that it rested on. */
  evidenceReviews: {
    id: Id;
    studyId: number;
    subjectKind: 'insight' | 'persona';
    subjectId: string;
    note: Generated<string>;
    reviewedBy: number | null;
    reviewedAt: Time;
  };
  consentTexts: {
    id: Id;
    studyId: number;
    version: string;
    language: string;
    text: string;
    textHash: string;
    createdBy: number | null;
    createdAt: Time;
  };
  /** The proof that what somebody said was deleted: what and how much, and no word of it. */
  withdrawals: {
    id: Id;
    studyId: number;
    publicId: string;
    /** The public id of the interview, or of a response in whose words researchers had written. */
    interviewId: string;
    counts: Json;
    /** The public ids of codes whose names stood in what was said. */
    codesToRename: Json;
    withdrawnBy: number | null;
    withdrawnAt: Time;
  };
  maskDecisions: {
    id: Id;
    studyId: number;
    publicId: string;
    sourceId: string;
    sourceVersion: number;
    spanStart: number;
    spanEnd: number;
    /** `open` is not personal and stays readable, `masked` was hidden by hand. */
    verdict: string;
    decidedBy: number | null;
    decidedAt: Time;
    undoneBy: number | null;
    undoneAt: Time | null;
    /** What a span hidden by hand is: a kind of personal data; null where nobody said. */
    kind: Generated<string | null>;
  };
  disclosures: {
    id: Id;
    studyId: number;
    surveyId: number | null;
    /** Whether unmasked words were looked at or taken out as a file. */
    kind: string;
    /** The response or piece of feedback, or the format of the file. */
    subject: string;
    reason: string;
    userId: number | null;
    day: string;
    madeAt: Time;
  };
  interviews: {
    id: Id;
    studyId: number;
    publicId: string;
    title: string;
    participant: string;
    participationId: number | null;
    heldOn: string;
    mode: string;
    guide: string;
    maySpeak: number;
    createdBy: number | null;
    createdAt: Time;
    /** The id by which another program knows it, where it came from one. */
    guid: Generated<string | null>;
    state: Generated<InterviewState>;
    /** When it is to begin; `zone` is where the participant's clock hangs. Null where nothing was arranged. */
    scheduledAt: Generated<Time | null>;
    zone: Generated<string | null>;
    lengthMinutes: Generated<number | null>;
    /** A link, a telephone number, or a room. */
    place: Generated<string>;
    /** The version of a guide that was followed; `guide` holds its title. Null for none, or one kept elsewhere. */
    guideId: Generated<number | null>;
    /** The clock that all note-takers share. */
    talkStartedAt: Generated<Time | null>;
    talkEndedAt: Generated<Time | null>;
    /** Counts what changes on the page of notes. */
    notesRevision: Generated<number>;
  };
  interviewStates: {
    id: Id;
    interviewId: number;
    state: InterviewState;
    note: string;
    /** Null where the participant did it, or the command line. */
    madeBy: number | null;
    madeAt: Time;
  };
  interviewTeam: { interviewId: number; userId: number; role: 'researcher' | 'observer' };
  /** Which prompts and probes of the guide were asked. */
  guideMarks: {
    interviewId: number;
    /** The id of a prompt or probe within the guide. */
    question: string;
    /** Milliseconds from the beginning of the talk; null where its clock did not run. */
    atMs: number | null;
    madeBy: number | null;
    madeAt: Time;
  };
  /** Who wrote which note; its words stand in `source_texts`. */
  interviewNotes: {
    id: Id;
    interviewId: number;
    sourceId: string;
    /** Given by the page it was written on, so that what is sent twice is kept once. */
    entry: string;
    writtenBy: number | null;
    writtenAt: Time;
    changedAt: Time;
    /** The interview's `notes_revision` when it changed last. */
    revision: number;
    removedAt: Time | null;
  };
  /** Ladders from what something has, over what that does for somebody, to why it matters to them, rung by rung. */
  ladderRungs: {
    id: Id;
    studyId: number;
    publicId: string;
    subjectKind: 'interview' | 'response';
    subjectId: string;
    /** Counts the ladders of a subject from 1, and the rungs of a ladder from its foot. */
    ladder: number;
    position: number;
    kind: 'attribute' | 'consequence' | 'value';
    codeId: number | null;
    text: string;
    /** The words it was heard in; null where it was noted without. */
    sourceId: string | null;
    sourceVersion: number | null;
    spanStart: number | null;
    spanEnd: number | null;
    /** `hard` where a form asked level by level, `soft` where it came up in a talk. */
    mode: 'hard' | 'soft';
    createdBy: number | null;
    createdAt: Time;
    removedAt: Time | null;
  };
  /** Interview guides, version by version. */
  guides: {
    id: Id;
    studyId: number;
    publicId: string;
    version: number;
    /** The shipped guide it began as; null for one of the study's own. */
    code: string | null;
    title: string;
    content: Json;
    createdBy: number | null;
    createdAt: Time;
    retiredAt: Time | null;
  };
  recruitingRounds: {
    id: Id;
    studyId: number;
    publicId: string;
    settings: Json;
    state: Generated<'open' | 'closed'>;
    createdBy: number | null;
    createdAt: Time;
  };
  /** Who was invited in a round, or came into it by its screener. */
  recruitingPeople: {
    id: Id;
    roundId: number;
    publicId: string;
    /** Counts those of a round from 1; it is what they are called in their interview. */
    number: number;
    tokenHash: string;
    /** Null for somebody who came by a screener and is not known otherwise. */
    personId: number | null;
    /** The response to the screener that let them in. */
    responseId: string | null;
    how: 'mail' | 'link' | 'screener';
    cell: string | null;
    invitedAt: Time;
    /** What they typed to be written to and paid by; emptied once they are paid. */
    email: string | null;
    payout: string | null;
    language: string | null;
    purgedAt: Time | null;
  };
  recruitingSlots: {
    id: Id;
    roundId: number;
    publicId: string;
    startsAt: Time;
    endsAt: Time;
    createdAt: Time;
    removedAt: Time | null;
  };
  recruitingBookings: {
    id: Id;
    roundId: number;
    slotId: number;
    participantId: number;
    interviewId: number | null;
    publicId: string;
    /** Rises each time the calendar entry says something else than `told`. */
    sequence: Generated<number>;
    told: Generated<string>;
    /** What they agreed to, word by word. */
    consentText: string;
    zone: string;
    bookedAt: Time;
    changedAt: Time;
    cancelledAt: Time | null;
    /** What was promised when it was booked. */
    amountCents: number;
    currency: string;
    form: string;
    paidAt: Time | null;
    returnedAt: Time | null;
    reference: Generated<string>;
  };
  recruitingLetters: {
    id: Id;
    publicId: string;
    participantId: number;
    bookingId: number | null;
    kind: 'invitation' | 'booked' | 'changed' | 'cancelled' | 'reminder';
    /** What it is sent once for. */
    mark: string;
    state: string;
    dueAt: Time;
    attempts: Generated<number>;
    claimedAt: Time | null;
    settledAt: Time | null;
    reason: string | null;
    addressSeal: Generated<string>;
  };
  codes: {
    id: Id;
    studyId: number;
    publicId: string;
    parentId: number | null;
    name: string;
    definition: string;
    /** Which human value it stands for; null for a code of the study's own. */
    humanValue: Generated<string | null>;
    createdAt: Time;
    retiredAt: Time | null;
    /** #RRGGBB; null for one of the house's own, by its place. */
    color: Generated<string | null>;
    /** When to use it, and when not. */
    inclusion: Generated<string>;
    exclusion: Generated<string>;
    /** Among the codes under the same one. */
    position: Generated<number>;
    /** What it became when it was merged away; such a code is retired, too. */
    mergedInto: Generated<number | null>;
    /** 0 for one that only gathers others. */
    isCodable: Generated<number>;
    guid: Generated<string | null>;
    /** Its place in the story of a decision, as somebody chose it; null for none. */
    storyRing: Generated<'priority' | 'success' | 'barrier' | 'journey' | 'criteria' | null>;
    storyStage: Generated<'first-thought' | 'passive-looking' | 'active-looking' | 'deciding' | 'consuming' | null>;
    storyForce: Generated<'push' | 'pull' | 'anxiety' | 'habit' | null>;
  };
  codings: {
    id: Id;
    studyId: number;
    publicId: string;
    codeId: number;
    sourceId: string;
    sourceVersion: number;
    spanStart: number;
    spanEnd: number;
    spanHash: string;
    coderId: number | null;
    layer: string;
    runId: number | null;
    createdAt: Time;
    removedAt: Time | null;
    /** Whether the words speak `for` what the code names or `against` it; null where nobody said. */
    direction: Generated<string | null>;
    /** 1 where somebody took it away; null where it stands, or went with what a theme or a decision brought. */
    removedByHand: Generated<number | null>;
    /** 0 for one of a second coder that is not settled yet, and for one that a consensus took the place of. */
    counts: Generated<number>;
    /** What codings of one passage that goes over several turns share; null for a passage within one. */
    passage: Generated<string | null>;
    /** 1 where it shows how the code is meant. */
    isExample: Generated<number>;
    isImportant: Generated<number>;
    guid: Generated<string | null>;
  };
  memos: {
    id: Id;
    studyId: number;
    publicId: string;
    subjectKind: 'study' | 'code' | 'coding' | 'source' | 'interview' | 'response' | 'insight' | 'memo';
    /** The subject's public id. */
    subjectId: string;
    /** Where in a source text it is written; null for the whole of its subject. */
    sourceVersion: number | null;
    spanStart: number | null;
    spanEnd: number | null;
    title: Generated<string>;
    text: string;
    guid: string | null;
    createdBy: number | null;
    createdAt: Time;
    changedAt: Time;
    removedAt: Time | null;
  };
  codingSteps: {
    id: Id;
    studyId: number;
    actorId: number | null;
    kind: string;
    /** What was done, in words for a person. */
    label: string;
    /** The rows that changed, before and after. */
    changes: Json;
    createdAt: Time;
    undoneAt: Time | null;
    /** When it could no longer be done again, since something else was done. */
    droppedAt: Time | null;
    /** The study's `coding_marks` when it was taken, taken back or done again last. */
    sequence: Generated<number>;
  };
  /** Counts what is done, taken back and done again while coding a study. */
  codingMarks: { studyId: number; sequence: number };
  /** The keys that a researcher has given to what can be done while coding. */
  keyMaps: { userId: number; keys: Json; changedAt: Time };
  /** The codes under a researcher's number keys, one public id or null for each of nine. */
  pinnedCodes: { userId: number; studyId: number; codes: Json; changedAt: Time };
  /** Which turns a researcher has read while coding. */
  turnsRead: { userId: number; sourceId: string; readAt: Time };
  /** The place in an interview that a researcher has marked to come back to. */
  bookmarks: { userId: number; subjectId: string; sourceId: string; point: number; changedAt: Time };
  codingRounds: {
    id: Id;
    studyId: number;
    publicId: string;
    name: string;
    kind: 'interviews' | 'answers';
    /** What is counted: turns or answers that bear a code, or every character that does. */
    unit: 'turn' | 'answer' | 'characters';
    /** Public ids of the codes whose use is compared. */
    codes: Json;
    /** How its texts were drawn, and of what; null where they were chosen. */
    drawn: Json | null;
    /** Below this alpha a code is not to be relied on. */
    minimum: number;
    isBlind: number;
    createdBy: number | null;
    createdAt: Time;
    /** When all were done, or it was closed: from then on what comes of it is shown. */
    openedAt: Time | null;
    /** Who had coded what by then, and what it came to; both stay as they were, whatever is decided later. */
    taken: Json | null;
    measured: Json | null;
  };
  codingRoundTexts: { roundId: number; position: number; sourceId: string; subjectId: string };
  codingRoundCoders: { roundId: number; position: number; userId: number; doneAt: Time | null };
  /** Answers that a coder has been through, whether a code fits them or none. */
  codingRoundReads: { roundId: number; userId: number; sourceId: string; readAt: Time };
  codingDecisions: {
    id: Id;
    studyId: number;
    roundId: number;
    sourceId: string;
    codeId: number;
    /** `alike` where all coded so, `coder` as one of them did, `all` what any marked, `none`, or something `other`. */
    choice: 'alike' | 'coder' | 'all' | 'none' | 'other';
    coderId: number | null;
    /** Public ids of the codings that were made of it. */
    codings: Json;
    decidedBy: number | null;
    decidedAt: Time;
    removedAt: Time | null;
  };
  methodChanges: {
    id: Id;
    studyId: number;
    method: 'reliability' | 'codebook' | 'reflexive';
    reason: string;
    changedBy: number | null;
    changedAt: Time;
  };
  /** Projects and codebooks brought in from other programs. */
  projectImports: {
    id: Id;
    studyId: number;
    publicId: string;
    fileName: string;
    format: 'qdpx' | 'qdc';
    /** The program that wrote the file, as it names itself. */
    origin: string;
    state: 'staged' | 'complete' | 'taken back';
    /** What became of everything in the file; null before it came in. */
    report: Json | null;
    /** The step of coding that it came in by. */
    stepId: number | null;
    createdBy: number | null;
    createdAt: Time;
    /** When a file that was looked at and not brought in is forgotten. */
    expiresAt: Time;
    finishedAt: Time | null;
  };
  /** What came with projects and has no place here: it goes out again with the next export. */
  keptElements: {
    id: Id;
    studyId: number;
    importId: number;
    kind: string;
    guid: string;
    /** The interview, coding or memo it belongs to; empty for the study. */
    subjectId: string;
    body: Json;
  };
  coderRuns: {
    id: Id;
    studyId: number;
    publicId: string;
    settings: Json;
    engineVersion: string;
    seed: number;
    inputHash: string | null;
    state: string;
    step: string;
    progress: number;
    result: Json | null;
    error: string | null;
    createdBy: number | null;
    createdAt: Time;
    finishedAt: Time | null;
  };
  coderProposals: {
    id: Id;
    studyId: number;
    /** Null for a text that somebody read for the code without a proposal. */
    runId: number | null;
    codeId: number;
    publicId: string;
    sourceId: string;
    sourceVersion: number;
    probability: number | null;
    /** 1 where the coder calls the text a yes, 0 where it only nearly does. */
    isYes: number;
    position: number;
    verdict: string | null;
    decidedBy: number | null;
    decidedAt: Time | null;
    codingId: number | null;
  };
  runs: {
    id: Id;
    studyId: number;
    publicId: string;
    kind: string;
    surveyId: number | null;
    /** Of which segmentation it is a test or a solution. */
    segmentationId: Generated<number | null>;
    subject: string;
    engineVersion: string;
    seed: number;
    settings: Json;
    inputCut: Json;
    inputHash: string | null;
    state: string;
    step: string;
    progress: number;
    result: Json | null;
    error: string | null;
    createdBy: number | null;
    createdAt: Time;
    startedAt: Time | null;
    finishedAt: Time | null;
  };
  themes: {
    id: Id;
    studyId: number;
    runId: number;
    publicId: string;
    position: number;
    version: number;
    label: string;
    words: Json;
    size: number;
    share: number;
    repeatability: number;
    band: string;
    /** The id by which a theme is known from run to run. */
    lineage: Generated<string>;
    language: Generated<string | null>;
    subThemes: Generated<Json>;
    groupNumber: Generated<number | null>;
    placeX: Generated<number | null>;
    placeY: Generated<number | null>;
  };
  themeQuotes: {
    themeId: number;
    position: number;
    sourceId: string;
    sourceVersion: number;
    spanStart: number;
    spanEnd: number;
    spanHash: string;
  };
  themeDocuments: {
    runId: number;
    sourceId: string;
    sourceVersion: number;
    themeId: number | null;
    confidence: number;
    subTheme: Generated<string | null>;
    /** Further themes of a long answer: `[lineage, sub-theme, confidence]` of each. */
    further: Generated<Json | null>;
  };
  themePlacements: {
    runId: number;
    sourceId: string;
    sourceVersion: number;
    themeId: number | null;
    confidence: number;
    placedAt: Time;
  };
  themeModels: { runId: number; engineVersion: string; model: string };
  themeCorrections: {
    id: Id;
    studyId: number;
    /** Null for what is of interviews. */
    surveyId: number | null;
    item: string;
    number: number;
    action: Json;
    madeBy: number | null;
    madeAt: Time;
  };
  embeddingSwitches: { studyId: number; maker: string; switchedBy: number | null; switchedAt: Time };
  textVectors: {
    studyId: number;
    /** The server and its model. */
    maker: string;
    /** The seal of the words as they were kept, and of what was sent of them. */
    textHash: string;
    sentHash: string;
    vector: Uint8Array;
  };
  themeChecks: {
    id: Id;
    studyId: number;
    /** Null for what is of interviews. */
    surveyId: number | null;
    item: string;
    runId: number;
    publicId: string;
    themes: Json;
    strata: Json;
    seed: number;
    createdBy: number | null;
    createdAt: Time;
    /** When it was ended before all was coded; null while coding goes on, and where all was coded. */
    endedAt: Time | null;
  };
  themeCheckAnswers: {
    checkId: number;
    position: number;
    sourceId: string;
    sourceVersion: number;
    stratum: number;
    machine: Json;
  };
  /** Who has seen what came of a check. */
  themeCheckReaders: { checkId: number; userId: number; seenAt: Time };
  themeCheckCodes: { checkId: number; position: number; userId: number; themes: Json; codedAt: Time };
  themeCodes: {
    studyId: number;
    theme: string;
    codeId: number;
    runId: number;
    /** In how many answers the theme was when it was accepted last. */
    answers: number;
    acceptedBy: number | null;
    acceptedAt: Time;
  };
  themeOverrides: { studyId: number; theme: string; reason: string; madeBy: number | null; madeAt: Time };
  instrumentVersions: {
    workspaceId: number;
    code: string;
    /** Counted from 1; what Verbatim ships comes before. */
    number: number;
    definition: Json;
    keyHash: string;
    createdBy: number | null;
    createdAt: Time;
  };
  instrumentNorms: {
    workspaceId: number;
    code: string;
    norms: Json;
    source: string;
    licence: string;
    loadedBy: number | null;
    loadedAt: Time;
  };
  toldScores: {
    surveyId: number;
    /** What the survey held when they were told. */
    state: string;
    people: number;
    toldAt: Time;
  };
  scores: { runId: number; responseId: number; scale: string; value: number | null };
  segments: {
    id: Id;
    studyId: number;
    publicId: string;
    origin: string;
    name: string;
    version: number;
    runId: number | null;
    surveyId: number | null;
    rule: Json | null;
    position: number;
    profile: Json | null;
    createdBy: number | null;
    createdAt: Time;
    removedAt: Time | null;
    unit: Generated<'person' | 'company'>;
    /** The public id that a found segment carries through the versions of its segmentation. */
    lineage: Generated<string | null>;
    /** When a researcher accepted it, of a segment that was found; null while it is one of several solutions. */
    acceptedAt: Generated<Time | null>;
    /** When a later version took its place. */
    supersededAt: Generated<Time | null>;
  };
  segmentations: {
    id: Id;
    studyId: number;
    publicId: string;
    surveyId: number | null;
    name: string;
    origin: SegmentationOrigin;
    settings: Json;
    createdBy: number | null;
    createdAt: Time;
    changedAt: Time;
    removedAt: Time | null;
  };
  segmentationVersions: {
    segmentationId: number;
    number: number;
    runId: number;
    label: SegmentationLabel;
    note: string;
    matches: Json;
    acceptedBy: number | null;
    acceptedAt: Time;
  };
  typingTools: {
    id: Id;
    segmentationId: number;
    publicId: string;
    /** The version of the segmentation whose segments it tells. */
    version: number;
    /** The run that built it; null for one brought from elsewhere. */
    runId: number | null;
    name: string;
    tool: Json;
    seed: number | null;
    createdBy: number | null;
    createdAt: Time;
    publishedBy: number | null;
    /** Null while it is a draft. */
    publishedAt: Time | null;
  };
  sampleDefinitions: {
    id: Id;
    studyId: number;
    surveyId: number;
    publicId: string;
    kind: 'base' | 'weighting';
    /** The version that stands. */
    version: number;
    createdBy: number | null;
    createdAt: Time;
    removedAt: Time | null;
  };
  sampleDefinitionVersions: {
    sampleId: number;
    number: number;
    name: string;
    definition: Json;
    madeBy: number | null;
    madeAt: Time;
  };
  /** How people came to be in segments, as it was told each time. */
  segmentPlacements: {
    id: Id;
    workspaceId: number;
    /** The person it came with; null where only the response is typed. */
    personId: number | null;
    segmentationId: number;
    version: number;
    /** The id that a segment keeps through versions; null for none. */
    segment: string | null;
    probability: number | null;
    /** Of every segment, where a tool told them. */
    probabilities: Json | null;
    reason: 'unsure' | 'missing' | null;
    way: 'tool' | 'import' | 'definition' | 'attributes' | 'screener';
    toolId: number | null;
    responseId: number | null;
    inputs: Json;
    placedAt: Time;
    withdrawnAt: Generated<Time | null>;
  };
  /** Surveys that type whoever answers them. */
  typedSurveys: {
    id: Id;
    surveyId: number;
    toolId: number;
    /** Where each item of the tool is asked: the address of an item of the survey by the item of the tool. */
    items: Json;
    /** Up to which record its responses were looked at. */
    seq: number;
    startedBy: number | null;
    startedAt: Time;
    endedBy: number | null;
    endedAt: Time | null;
  };
  /** How many a segment had on a day of the workspace's calendar, and how many came and went since the count before. */
  segmentSizes: {
    segmentId: number;
    day: string;
    admitted: number;
    unknown: number;
    everybody: number;
    entered: number;
    gone: number;
    /** Of a segment of people the companies they are of, of one of companies their people; null before that was counted. */
    counterpart: Generated<number | null>;
  };
  /** `people` are companies where the segment is of these, and `unknown` those of which too little is known. */
  segmentCounts: { segmentId: number; number: number; countedAt: Time; people: Json; unknown: Generated<Json> };
  comparisons: {
    id: Id;
    studyId: number;
    publicId: string;
    kind: string;
    /** Null for one that is of the whole study. */
    segmentId: number | null;
    settings: Json;
    seed: number;
    state: string;
    step: string;
    progress: number;
    /** The day of the workspace whose facts it tells of. */
    day: string;
    result: Json | null;
    error: string | null;
    createdBy: number | null;
    createdAt: Time;
    finishedAt: Time | null;
  };
  segmentMemberships: {
    segmentId: number;
    responseId: number;
    probability: number | null;
    /** How much surer than of the second nearest segment; null where that was not worked out. */
    margin: Generated<number | null>;
    /** 1 for whoever lacks too many answers to be grouped by them and was placed by the rest. */
    isPartial: Generated<number>;
  };
  /** People whom a segment holds by what is known of them, and not by a response. */
  segmentPeople: {
    segmentId: number;
    personId: number;
    probability: number | null;
    /** When whoever said so says that it held; null where nobody told. */
    saidAt: Time | null;
  };
  /** What researchers said of segments that they looked at for drift. */
  driftNotes: {
    id: Id;
    segmentationId: number;
    version: number;
    runId: number;
    verdict: 'shares' | 'tool' | 'both' | 'steady' | 'too-few';
    decision: 'keep' | 'watch' | 'redo';
    note: string;
    saidBy: number | null;
    saidAt: Time;
  };
  /** In which segment somebody interviewed is, as a researcher said; of those whom the workspace does not know as people. */
  interviewSegments: {
    id: Id;
    interviewId: number;
    segmentationId: number;
    version: number;
    /** The id that a segment keeps through versions; null for none. */
    segment: string | null;
    note: string;
    placedBy: number | null;
    placedAt: Time;
  };
  /** Files that say who is in which segment. */
  segmentImports: {
    id: Id;
    studyId: number;
    publicId: string;
    /** The segmentation that gets its next version; null for a new one, until it is made. */
    segmentationId: number | null;
    fileName: string;
    plan: Json;
    rowCount: number;
    state: 'staged' | 'complete';
    runId: number | null;
    counts: Json | null;
    createdBy: number | null;
    createdAt: Time;
    endedAt: Time | null;
  };
  personas: {
    id: Id;
    studyId: number;
    publicId: string;
    kind: Generated<'assumption' | 'qualitative' | 'quantified'>;
    /** Of several segments, those who are in any of them or in all. */
    combine: Generated<'any' | 'all'>;
    /** Which interviews it stands for; null for a persona of segments. */
    interviews: Json | null;
    ownerId: number | null;
    /** A day, `2026-11-30`. */
    reviewOn: string | null;
    validFor: Generated<string>;
    notValidFor: Generated<string>;
    retireWhen: Generated<string>;
    createdAt: Time;
    removedAt: Time | null;
  };
  personaSegments: { personaId: number; segmentId: number; position: number };
  personaVersions: {
    id: Id;
    personaId: number;
    number: number;
    name: string;
    lede: string;
    portrait: Json;
    /** By the id of a claim, how a researcher says it. */
    words: Generated<Json>;
    /** What a researcher says of why there is this version. */
    note: Generated<string>;
    /** From whom it was drawn; null of one that rests on no answers, or whose people were not remembered. */
    groupId: Generated<number | null>;
    createdBy: number | null;
    createdAt: Time;
  };
  personaComments: {
    id: Id;
    studyId: number;
    personaId: number;
    publicId: string;
    /** The claim it is about; null for the whole. */
    claim: string | null;
    words: string;
    createdBy: number | null;
    createdAt: Time;
    resolvedBy: number | null;
    resolvedAt: Time | null;
    removedAt: Time | null;
  };
  reports: {
    id: Id;
    studyId: number;
    publicId: string;
    kind: string;
    format: string;
    audience: 'internal' | 'client' | 'public';
    settings: Json;
    state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
    step: Generated<string>;
    /** 0 to 1. */
    done: Generated<number>;
    error: string | null;
    fileName: string | null;
    mediaType: string | null;
    bytes: number | null;
    hash: string | null;
    notices: Generated<Json>;
    createdBy: number | null;
    createdAt: Time;
    finishedAt: Time | null;
    /** When its file was taken away: words in it may have been withdrawn, or it is old. */
    goneAt: Time | null;
  };
  /** Everything that was handed on: a download of a member, or of whoever holds a link. */
  handedOn: {
    id: Id;
    studyId: number;
    what: string;
    /** The public id of what it is about; null for the whole study. */
    subject: string | null;
    format: string;
    audience: 'internal' | 'client' | 'public';
    rowsOut: number | null;
    reason: Generated<string>;
    byUser: number | null;
    byLink: string | null;
    at: Time;
  };
  /** Links by which readers without an account see personas. */
  shares: {
    id: Id;
    studyId: number;
    publicId: string;
    /** The token itself is nowhere. */
    tokenHash: string;
    /** For whom it is, as the study's researchers call them. */
    name: string;
    audience: 'client' | 'public';
    /** 1 where the moment behind a quote may be heard. */
    isPlaying: Generated<number>;
    createdBy: number | null;
    createdAt: Time;
    expiresAt: Time;
    revokedBy: number | null;
    revokedAt: Time | null;
  };
  sharePersonas: { shareId: number; personaId: number; position: number };
  /** How often a persona was opened by a link, and a recording of it played, on a day; by whom is nowhere. */
  shareVisits: {
    shareId: number;
    personaId: number;
    day: string;
    opened: Generated<number>;
    played: Generated<number>;
  };
  readerQuestions: {
    id: Id;
    studyId: number;
    shareId: number;
    personaId: number;
    publicId: string;
    words: string;
    askedAt: Time;
    answer: string | null;
    answeredBy: number | null;
    answeredAt: Time | null;
    removedBy: number | null;
    removedAt: Time | null;
  };
  /** How often members of the study opened a persona on a day; which of them is nowhere. */
  personaOpenings: { personaId: number; day: string; times: Generated<number> };
  /** The survey by which readers judge a study's personas. */
  perceptionSurveys: { studyId: number; surveyId: number; createdBy: number | null; createdAt: Time };
  surveyMoments: { surveyId: number; moment: Json; updatedAt: Time };
  contactLimits: { workspaceId: number; limits: Json };
  siteOrigins: { studyId: number; origin: string };
  offers: {
    id: Id;
    workspaceId: number;
    surveyId: number;
    personId: number;
    shape: string;
    page: string;
    madeAt: Time;
    dismissedAt: Time | null;
  };
  exposures: {
    id: Id;
    workspaceId: number;
    surveyId: number;
    personId: number;
    decision: string;
    reason: Json;
    at: Time;
  };
  mailings: {
    id: Id;
    surveyId: number;
    publicId: string;
    kind: string;
    wave: number;
    audience: Json;
    message: Json;
    state: string;
    createdBy: number | null;
    createdAt: Time;
    endedAt: Time | null;
  };
  letters: {
    id: Id;
    mailingId: number;
    surveyId: number;
    personId: number;
    publicId: string;
    wave: number;
    /** 0 for the invitation, then the number of the reminder. */
    round: number;
    addressSeal: string;
    language: string;
    state: string;
    attempts: number;
    dueAt: Time;
    claimedAt: Time | null;
    settledAt: Time | null;
    reason: string | null;
  };
  mailingSettings: { surveyId: number; remindersMax: number; daysBetween: number };
  optOuts: {
    id: Id;
    workspaceId: number;
    personId: number;
    surveyId: number | null;
    origin: string;
    addressSeal: string | null;
    createdAt: Time;
  };
  bounces: {
    id: Id;
    workspaceId: number;
    personId: number | null;
    addressSeal: string;
    origin: string;
    reason: string;
    recordedAt: Time;
  };
  labels: { id: Id; studyId: number; publicId: string; name: string; createdAt: Time };
  responseLabels: { labelId: number; responseId: string; madeBy: number | null; madeAt: Time };
  responseNotes: {
    id: Id;
    studyId: number;
    publicId: string;
    responseId: string;
    body: string;
    madeBy: number | null;
    madeAt: Time;
  };
  savedViews: {
    id: Id;
    studyId: number;
    surveyId: number;
    publicId: string;
    name: string;
    query: string;
    madeBy: number | null;
    madeAt: Time;
  };
  qualityRuns: {
    surveyId: number;
    thresholds: Json;
    assessed: number;
    unjudged: Json;
    watermark: number;
    computedAt: Time;
  };
  qualityFlags: {
    surveyId: number;
    responseId: string;
    position: number;
    sign: string;
    item: string | null;
    reason: string;
  };
  hooks: {
    id: Id;
    studyId: number;
    publicId: string;
    kind: string;
    name: string;
    settings: Json;
    /** Sealed with the installation's key. */
    secret: string;
    events: Json;
    /** Tells of this survey alone; of all of the study when null. */
    surveyId: number | null;
    pausedAt: Time | null;
    pausedReason: string | null;
    madeBy: number | null;
    madeAt: Time;
  };
  deliveries: {
    id: Id;
    hookId: number;
    publicId: string;
    /** What brought it about: one hook is told of it once. */
    origin: string;
    event: string;
    /** The public id of the response it is about. */
    subject: string | null;
    surveyId: number | null;
    personId: number | null;
    payload: Json;
    state: string;
    attempts: number;
    dueAt: Time;
    lastStatus: number | null;
    lastAnswer: string | null;
    reason: string | null;
    /** What it made on the other side, by the names it has there. */
    made: Json;
    happenedAt: Time;
    createdAt: Time;
    claimedAt: Time | null;
    settledAt: Time | null;
  };
  /** Variables that researchers make of others; what they are stands in their versions. */
  derivedVariables: {
    id: Id;
    studyId: number;
    surveyId: number;
    publicId: string;
    /** The newest version, which counts. */
    version: number;
    createdBy: number | null;
    createdAt: Time;
    removedBy: number | null;
    removedAt: Time | null;
  };
  derivedVariableVersions: {
    variableId: number;
    number: number;
    name: string;
    definition: Json;
    note: string;
    madeBy: number | null;
    madeAt: Time;
  };
  /** Tables of many columns, kept so that they can be made again. */
  bannerTables: {
    id: Id;
    studyId: number;
    surveyId: number;
    publicId: string;
    name: string;
    settings: Json;
    version: number;
    createdBy: number | null;
    createdAt: Time;
    changedBy: number | null;
    changedAt: Time;
    removedAt: Time | null;
  };
  computedAttributes: {
    id: Id;
    workspaceId: number;
    publicId: string;
    name: string;
    definition: Json;
    createdBy: number | null;
    createdAt: Time;
    /** How far in the log of intake records events were looked at. */
    seq: number;
    refreshedAt: Time | null;
    tookMs: number | null;
    /** Why there is no value, where the data cannot give any. */
    refused: string | null;
    summary: Json | null;
    version: Generated<number>;
    endedAt: Generated<Time | null>;
    endedBy: Generated<number | null>;
  };
  computedAttributeVersions: {
    computedId: number;
    version: number;
    definition: Json;
    setBy: number | null;
    setAt: Time;
  };
  peopleImports: {
    id: Id;
    workspaceId: number;
    publicId: string;
    fileName: string;
    plan: Json;
    rowCount: number;
    state: string;
    counts: Json | null;
    createdBy: number | null;
    createdAt: Time;
    endedAt: Time | null;
    undoneAt: Generated<Time | null>;
    clearedAt: Generated<Time | null>;
  };
  jobs: {
    id: Id;
    kind: string;
    subjectId: number;
    /** The process that has it. */
    claimedBy: string | null;
    claims: Generated<number>;
    /** On the database's clock, in milliseconds since 1970. */
    seenAliveAt: number | null;
    addedAt: Time;
  };
  feedbackButtons: { sourceId: number; studyId: number; settings: Json; updatedAt: Time };
  feedback: {
    id: Id;
    studyId: number;
    sourceId: number;
    publicId: string;
    /** The person it came with; who that is today says `person_links`. */
    personId: number | null;
    /** Tells what the same visitor sends twice, and nothing else. */
    fingerprint: string;
    category: string;
    rating: number | null;
    words: string;
    wordsHash: string;
    replaced: number;
    purposes: Json;
    /** The language it was asked in. */
    language: string;
    email: string | null;
    pageUrl: string | null;
    pageKey: string;
    pageTitle: string;
    locale: string;
    pageLanguage: string;
    device: string | null;
    browser: string | null;
    os: string | null;
    viewport: Json | null;
    release: string;
    replayUrl: string | null;
    selector: string | null;
    mark: Json | null;
    state: Generated<string>;
    assigneeId: number | null;
    duplicateOf: number | null;
    createdAt: Time;
    updatedAt: Time;
    erasedAt: Time | null;
  };
  feedbackNotes: {
    id: Id;
    feedbackId: number;
    publicId: string;
    body: string;
    madeBy: number | null;
    madeAt: Time;
  };
  plays: {
    id: Id;
    studyId: number;
    publicId: string;
    /** What it was made from. */
    code: string;
    segmentId: number;
    surveyId: number | null;
    /** The code of an interview guide. */
    guide: string | null;
    createdBy: number | null;
    createdAt: Time;
  };
  /** Who did what: added to and never changed. Numbers of users, keys and studies outlive what they stand for. */
  auditLog: {
    number: number;
    at: Time;
    actorKind: string;
    actorId: number | null;
    studyId: number | null;
    action: string;
    object: string;
    outcome: string;
    status: number | null;
    detail: Json;
    /** Seals the row together with the one before it. */
    hash: string;
  };
  apiKeys: {
    id: Id;
    publicId: string;
    studyId: number;
    madeBy: number;
    name: string;
    keyHash: string;
    /** Its last letters, to know it again by. */
    ending: string;
    scopes: Json;
    createdAt: Time;
    expiresAt: Time;
    usedAt: Time | null;
    endedAt: Time | null;
  };
  apiAnswers: {
    id: Id;
    keyId: number;
    /** What the request calls itself. */
    name: string;
    requestHash: string;
    /** Null while it is worked on. */
    status: number | null;
    headers: Json | null;
    body: string | null;
    createdAt: Time;
  };
  /** Who was erased, and how far that came. */
  erasures: {
    id: Id;
    publicId: string;
    kind: 'person' | 'response';
    /** The public id of the person or response. */
    subject: string;
    state: 'begun' | 'done';
    /** By which ids they were known, while it is under way; empty once it is done. */
    reach: Json;
    counts: Json;
    begunBy: number | null;
    begunAt: Time;
    doneAt: Time | null;
  };
  /** How long a study keeps what leads to somebody, and words; no row where nobody decided. */
  studyRetention: {
    studyId: number;
    /** Days after a response was completed or an interview held; null where they are kept until somebody decides. */
    identifiersDays: number | null;
    wordsDays: number | null;
    changedAt: Time;
    changedBy: number | null;
    holdReason: string | null;
    /** Null where nothing holds it. */
    heldSince: Time | null;
    heldBy: number | null;
    /** What a researcher asks the owners for; null once it is answered. */
    request: string | null;
    requestedAt: Time | null;
    requestedBy: number | null;
  };
  /** Each time something went by retention. */
  retentionRuns: {
    id: Id;
    publicId: string;
    studyId: number;
    state: 'begun' | 'done';
    /** What ended before this lost its part; null where the part was kept. */
    identifiersBefore: Time | null;
    wordsBefore: Time | null;
    counts: Json;
    begunAt: Time;
    doneAt: Time | null;
  };
  /** What has lost a part, each once, so that it is passed over from then on. */
  retentionGone: {
    studyId: number;
    kind: 'response' | 'interview' | 'feedback';
    /** Its public id. */
    subject: string;
    part: 'identifiers' | 'words';
    goneAt: Time;
  };
  /** Of a study, of a workspace, or of the installation where both are null. */
  privacyNotices: {
    id: Id;
    workspaceId: number | null;
    studyId: number | null;
    notice: Json;
    revision: number;
    savedAt: Time;
    savedBy: number | null;
  };
  /** A privacy notice as it was published with a survey; texts of one set were published together. */
  noticeTexts: {
    id: Id;
    surveyId: number;
    noticeSet: string;
    language: string;
    /** Empty for everybody without a text for their country. */
    country: string;
    hash: string;
    text: Json;
    publishedAt: Time;
  };
};
