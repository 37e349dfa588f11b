import type { Generated } from 'kysely';

/*
 * The tables as TypeScript sees them: camelCase here, snake_case in the database. JSON stands in text columns, yes and
 * no are 1 and 0, times are ISO 8601 in UTC, in both engines.
 */

type Id = Generated<number>;
type Json = string;
type Time = string;

export type Tables = {
  installation: { id: string; createdAt: Time };
  schemaMigrations: { number: number; name: string; appliedAt: Time };
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
  sessions: { idHash: string; userId: number; createdAt: Time; seenAt: Time; expiresAt: Time };
  studies: {
    id: Id;
    workspaceId: number;
    publicId: string;
    name: string;
    isClosed: number;
    inventedNotice: string | null;
    createdAt: Time;
  };
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
  };
  surveyVersions: {
    id: Id;
    surveyId: number;
    number: number;
    definition: Json;
    definitionHash: string;
    publishedAt: Time;
    publishedBy: number | null;
  };
  people: { id: Id; workspaceId: number; publicId: string; createdAt: Time; erasedAt: Time | null };
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
  };
  companies: { id: Id; workspaceId: number; publicId: string; externalId: string; name: string; createdAt: Time };
  companyMembers: { companyId: number; personId: number; role: string | null };
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
  eventRecords: {
    seq: Id;
    workspaceId: number;
    personId: number;
    messageId: string;
    name: string;
    body: Json;
    occurredAt: Time;
    receivedAt: Time;
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
  };
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
  };
  codes: {
    id: Id;
    studyId: number;
    publicId: string;
    parentId: number | null;
    name: string;
    definition: string;
    createdAt: Time;
    retiredAt: Time | null;
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
  };
  runs: {
    id: Id;
    studyId: number;
    publicId: string;
    kind: string;
    surveyId: number | null;
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
  };
  corrections: {
    id: Id;
    studyId: number;
    subject: string;
    action: string;
    payload: Json;
    madeBy: number | null;
    madeAt: Time;
    undoneAt: Time | null;
  };
  scores: { runId: number; responseId: number; scale: string; value: number | null };
  weights: { runId: number; responseId: number; weight: number };
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
  };
  segmentMemberships: { segmentId: number; responseId: number; probability: number | null };
  personas: { id: Id; studyId: number; publicId: string; segmentId: number; createdAt: Time };
  personaVersions: {
    id: Id;
    personaId: number;
    number: number;
    name: string;
    lede: string;
    portrait: Json;
    createdBy: number | null;
    createdAt: Time;
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
};
