import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Limits } from './model/limits.ts';
import { respondentTexts } from './render/respondent-texts.ts';
import { accountLetterTray } from './services/account-letters.ts';
import { accountLinkService } from './services/account-links.ts';
import { accountService } from './services/accounts.ts';
import { adjudicationService } from './services/adjudication.ts';
import { agreementService } from './services/agreement.ts';
import { analysisService } from './services/analysis.ts';
import { answerCodingService } from './services/answer-coding.ts';
import { answerReadingService } from './services/answer-readings.ts';
import { apiAnswerService } from './services/api-answers.ts';
import { apiKeyService } from './services/api-keys.ts';
import { attributeTypingService } from './services/attribute-typing.ts';
import { auditService } from './services/audit.ts';
import { bannerTableService } from './services/banner-tables.ts';
import { cellService } from './services/cells.ts';
import { changeGroupService } from './services/change-groups.ts';
import { codeChangeService } from './services/code-changes.ts';
import { codeStoryService } from './services/code-story.ts';
import { codebookService } from './services/codebook.ts';
import { codebookFileService } from './services/codebook-files.ts';
import { codedAnalysisService } from './services/coded-analysis.ts';
import { coderService } from './services/coder.ts';
import { codingDeskService } from './services/coding-desk.ts';
import { codingService } from './services/codings.ts';
import { comparisonService } from './services/comparisons.ts';
import { computedAttributeService } from './services/computed-attributes.ts';
import { consentService } from './services/consents.ts';
import { type Context, keysFrom } from './services/context.ts';
import { correctionService } from './services/corrections.ts';
import { cursorService } from './services/cursors.ts';
import { definedSegmentationService } from './services/defined-segmentations.ts';
import { derivedVariableService } from './services/derived-variables.ts';
import { distributionService } from './services/distribution.ts';
import { dutyRoster } from './services/duties.ts';
import { type EmbeddingsOptions, embeddingsService } from './services/embeddings.ts';
import { erasureService } from './services/erasure.ts';
import { evidenceService } from './services/evidence.ts';
import { exportService } from './services/exports.ts';
import { feedbackService } from './services/feedback.ts';
import { feedbackDesk } from './services/feedback-desk.ts';
import { fieldworkService } from './services/fieldwork.ts';
import { fieldworkDeskService } from './services/fieldwork-desk.ts';
import { fieldworkReportService } from './services/fieldwork-report.ts';
import { fileService } from './services/files.ts';
import { guideService } from './services/guides.ts';
import { impactAssessmentService } from './services/impact-assessments.ts';
import { importService } from './services/imports.ts';
import { inboxService } from './services/inbox.ts';
import { insightLetterTray } from './services/insight-letters.ts';
import { insightNewsService } from './services/insight-news.ts';
import { insightService } from './services/insights.ts';
import { instrumentService } from './services/instruments.ts';
import { intakeService } from './services/intake.ts';
import { interviewNoteService } from './services/interview-notes.ts';
import { intervieweeService } from './services/interviewees.ts';
import { interviewService } from './services/interviews.ts';
import { ladderRungService } from './services/ladder-rungs.ts';
import { leftoverSweep } from './services/leftover-sweep.ts';
import { sharedLimits } from './services/limits-shared.ts';
import { maskingService } from './services/masking.ts';
import { mediaService } from './services/media.ts';
import { memberService } from './services/members.ts';
import { membershipImportService } from './services/membership-imports.ts';
import { memoService } from './services/memos.ts';
import { offerService } from './services/offers.ts';
import { optOutService } from './services/opt-outs.ts';
import { type OutgoingOptions, outgoingService } from './services/outgoing.ts';
import { passkeyService } from './services/passkeys.ts';
import type { PasswordCost } from './services/passwords.ts';
import { peopleImportService } from './services/people-imports.ts';
import { perceptionService } from './services/perception.ts';
import { personTimelineService } from './services/person-timeline.ts';
import { personaHealthService } from './services/persona-health.ts';
import { personaStandingService } from './services/persona-standing.ts';
import { personalRecordService } from './services/personal-records.ts';
import { personaService } from './services/personas.ts';
import { playService } from './services/plays.ts';
import type { PostSettings } from './services/post-office.ts';
import { privacyNoticeService } from './services/privacy-notices.ts';
import { projectExportService } from './services/project-export.ts';
import { projectImportService } from './services/project-import.ts';
import { readerQuestionService } from './services/reader-questions.ts';
import { readerSheetService } from './services/reader-sheets.ts';
import { recruitingService } from './services/recruiting.ts';
import { recruitingBookingService } from './services/recruiting-booking.ts';
import { recruitingLetterService } from './services/recruiting-letters.ts';
import { redactionService } from './services/redactions.ts';
import { reportDocumentService } from './services/report-documents.ts';
import { reportLooks } from './services/report-looks.ts';
import { reportService } from './services/reports.ts';
import { responseDeskService } from './services/response-desk.ts';
import { responseDetailService } from './services/response-detail.ts';
import { responseQualityService } from './services/response-quality.ts';
import { retentionService } from './services/retention.ts';
import { type RewordingOptions, rewordingService } from './services/rewording.ts';
import { roundAnswerService } from './services/round-answers.ts';
import { runService } from './services/runs.ts';
import { saidValueService } from './services/said-values.ts';
import { sampleService } from './services/samples.ts';
import { scaleAttributeService } from './services/scale-attributes.ts';
import { secondFactorService } from './services/second-factors.ts';
import { segmentDriftService } from './services/segment-drift.ts';
import { segmentHistoryService } from './services/segment-history.ts';
import { segmentProfileService } from './services/segment-profiles.ts';
import { segmentSizeService } from './services/segment-sizes.ts';
import { segmentationService } from './services/segmentations.ts';
import { segmentService } from './services/segments.ts';
import { sessionService } from './services/sessions.ts';
import { shareService } from './services/shares.ts';
import { type SingleSignOnOptions, singleSignOnService } from './services/single-sign-on.ts';
import { sourceService } from './services/sources.ts';
import { studyService } from './services/studies.ts';
import { studySearch } from './services/study-search.ts';
import { surveyDraftService } from './services/survey-drafts.ts';
import { surveyImportService } from './services/survey-imports.ts';
import { surveyService } from './services/surveys.ts';
import { targetingService } from './services/targeting.ts';
import { themeCheckService } from './services/theme-checks.ts';
import { themeCodeService } from './services/theme-codes.ts';
import { themeService } from './services/themes.ts';
import { themePlacingService } from './services/themes-placing.ts';
import { toldPersonaService } from './services/told-personas.ts';
import { type TranscriptionOptions, transcriptionService } from './services/transcription.ts';
import { transcriptService } from './services/transcripts.ts';
import { typedSurveyService } from './services/typed-surveys.ts';
import { typingToolService } from './services/typing-tools.ts';
import { type UpkeepOptions, upkeepService } from './services/upkeep.ts';
import { workQueue } from './services/work-queue.ts';
import { probeWrite, type SqliteConnection } from './store/database.ts';
import { dutyLock } from './store/duty-lock.ts';
import { SCHEMA_VERSION, schemaVersion } from './store/migrate.ts';
import { openInstallation } from './store/open-installation.ts';
import { settleUnfinished } from './store/settle-unfinished.ts';
import { openStore } from './store/store.ts';
import { countedLogs } from './workers/counted-logs.ts';
import { startPostgresWriter } from './workers/postgres-writer.ts';
import { startThread } from './workers/thread.ts';
import { startWriter } from './workers/writer.ts';

export type VerbatimOptions = {
  folder: string;
  /** The PostgreSQL that holds the data; null for the file in the folder. */
  databaseUrl?: string | null;
  limits: Limits;
  now?: () => Date;
  /** A server owns its folder; a command beside it is a guest. */
  isOwner?: boolean;
  /** Hears of what went wrong where nobody waits for an answer. */
  report?: (error: unknown, about: Record<string, unknown>) => void;
  /** Where people reach Verbatim from outside; null when nobody has said. */
  publicUrl?: string | null;
  /** The mail server letters go out by; without one none are sent. */
  post?: PostSettings | null;
  /** What requests to other machines may reach beyond the public internet. */
  outgoing?: OutgoingOptions;
  /** The server that makes vectors of texts; without one none is asked. */
  embeddings?: EmbeddingsOptions | null;
  /** The server that writes recordings down; without one none leaves. */
  transcription?: TranscriptionOptions | null;
  /** The Chromium that prints reports as pages; without one Verbatim sets them itself alone. */
  reportChromium?: string | null;
  /** The language model that says claims once more; without one none is asked. */
  rewording?: RewordingOptions | null;
  /** The identity provider that people sign in at; without one there are passwords alone. */
  singleSignOn?: SingleSignOnOptions | null;
  /** Whether everybody who works here must have a second factor. */
  needsSecondFactor?: boolean;
  /** How the server looks after copies; without it, it makes none by itself. */
  upkeep?: UpkeepOptions;
  /** What a new password's hash costs; what is recommended unless said otherwise. */
  passwordCost?: PasswordCost;
};

/** Later than the first pages, which then have the processor to themselves; an answer that comes sooner starts it. */
const WRITER_STARTS_WITHIN_MS = 5_000;
const projectFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const viewsFolder = path.join(projectFolder, 'views');
export const templatesFolder = path.join(projectFolder, 'templates');
export const shippedFolder = path.join(projectFolder, 'data');

/** The whole product as one value, opened once and handed to every door. */
export async function openVerbatim({
  folder,
  databaseUrl = null,
  limits,
  now = () => new Date(),
  isOwner = true,
  report = () => {},
  publicUrl = null,
  post = null,
  outgoing: outgoingOptions = { allowed: [] },
  embeddings: embeddingsOptions = null,
  transcription: transcriptionOptions = null,
  reportChromium = null,
  rewording: rewordingOptions = null,
  singleSignOn = null,
  needsSecondFactor = false,
  upkeep: upkeepOptions = { copiesDaily: false, keep: 1, copyKey: null },
  passwordCost,
}: VerbatimOptions) {
  const { database, place, connection, secret, unlock } = await openInstallation({
    folder,
    databaseUrl,
    isOwner,
    now,
    copyKey: upkeepOptions.copyKey,
    report: (error) => report(error, { about: 'the connection to PostgreSQL' }),
  });
  const store = openStore(database);
  const keys = keysFrom(secret);
  const writing = {
    queueMax: limits.queue,
    startWithinMs: isOwner ? WRITER_STARTS_WITHIN_MS : null,
    report: (message: string) => report(new Error(message), { about: 'projections' }),
  };
  const logs = countedLogs(
    place.engine === 'sqlite'
      ? startWriter(database, { file: place.file, textKey: keys.text }, writing)
      : await startPostgresWriter(database, { url: place.url, textKey: keys.text }, writing),
  );
  const thread = startThread({ place, textKey: keys.text });
  const queue = workQueue({ database, logs, keys, now }, place, (error) =>
    report(error, { about: 'the list of long work' }),
  );
  const at = () => now().toISOString();
  queue.settles('import', (id) => store.responses.interruptLoading(at(), id));
  queue.settles('people-import', (id) => store.peopleImports.interruptLoading(at(), id));
  queue.settles('transcription', (id) => store.media.failUnfinished(at(), id));
  queue.settles('segment-import', (id) => store.segmentImports.releaseUnbegun(id));
  const audit = auditService({ store, keys, now }, isOwner ? 'system' : null);
  const context: Context = {
    audit,
    folder,
    database,
    store,
    logs,
    thread,
    hold: queue.hold,
    now,
    limits,
    keys,
    templatesFolder,
  };
  const texts = respondentTexts(path.join(shippedFolder, 'words', 'respondent'));
  const targeting = targetingService(context);
  const intake = intakeService(context);
  const imports = importService(context, intake);
  const peopleImports = peopleImportService(context, intake);
  const inbox = inboxService(context, intake, (error) => report(error, { about: 'files of sources' }));
  const embeddings = embeddingsService(context, embeddingsOptions);
  const runs = runService(context, queue, (error, run) => report(error, { run: run.publicId }));
  const analysis = analysisService(context, runs, embeddings);
  const themePlacing = themePlacingService(context, (error) => report(error, { about: 'placing answers' }));
  const privacyNotices = privacyNoticeService(context, texts);
  const surveys = surveyService(context, privacyNotices);
  const surveyDrafts = surveyDraftService(context);
  const scaleAttributes = scaleAttributeService(context, (error) => report(error, { about: 'scores of people' }));
  const comparisons = comparisonService(context, queue, (error) => report(error, { about: 'comparisons' }));
  const codings = codingService(context);
  const agreement = agreementService(context);
  const interviewees = intervieweeService(context);
  const corrections = correctionService(context);
  const interviews = interviewService(context);
  const saidValues = saidValueService(context);
  const coder = coderService(context, {
    queue,
    saidValues,
    report: (error) => report(error, { about: 'the coder' }),
  });
  const themes = themeService(context);
  const themeChecks = themeCheckService(context, themes);
  const segments = segmentService(context, themeChecks);
  const segmentations = segmentationService(context, runs, themeChecks);
  const segmentProfiles = segmentProfileService(context, runs, segmentations);
  const typingTools = typingToolService(context, runs, segmentations);
  const segmentDrift = segmentDriftService(context, runs, segmentations, typingTools);
  const definedSegmentations = definedSegmentationService(context, runs, segmentations);
  const attributeTyping = attributeTypingService(context, runs, typingTools);
  const typedSurveys = typedSurveyService(context, { surveys, surveyDrafts }, (error) =>
    report(error, { about: 'typing of people' }),
  );
  const optOuts = optOutService(context);
  const letters = recruitingLetterService(context, { publicUrl, post, optOuts, texts });
  const duty =
    place.engine === 'postgres'
      ? dutyLock(
          place.url,
          (error) => report(error, { about: 'the duties' }),
          () => distribution.wake(),
        )
      : null;
  /** Letters go out by the process that has the duties. */
  const wakePost = (): void => (duty ? duty.invite() : distribution.wake());
  const distribution = distributionService(context, {
    targeting,
    segments,
    publicUrl,
    post,
    trays: [
      accountLetterTray(context, { publicUrl, post }),
      letters.tray,
      insightLetterTray(context, { publicUrl, post }),
    ],
    report: (error) => report(error, { about: 'letters' }),
  });
  const sessions = sessionService(context);
  const shared = sharedLimits(context);
  const accountLinks = accountLinkService(context, {
    shared,
    hasPost: post !== null && publicUrl !== null,
    wake: wakePost,
    passwordCost,
    report: (error) => report(error, { about: 'a letter about an account' }),
  });
  const secondFactors = secondFactorService(context, { sessions, links: accountLinks, isRequired: needsSecondFactor });
  const passkeys = passkeyService(context, secondFactors);
  const insightNews = insightNewsService(context, wakePost);
  const consents = consentService(context, {
    tellOfWithdrawal: (study, interview) => insights.withdrawn(study, interview.publicId),
    forgetPlacements: interviewees.forget,
    eraseMedia: (_study, interview) => media.forget(interview.publicId),
    forgetStaged: async () => {
      await projectImports.forgetLeft();
      await reports.sweep();
    },
  });
  const recruiting = recruitingService(context, {
    segments,
    targeting,
    optOuts,
    interviews,
    consents,
    letters,
    wake: wakePost,
    report: (error) => report(error, { about: 'recruiting' }),
  });
  const outgoing = outgoingService(context, {
    ...outgoingOptions,
    publicUrl,
    report: (error) => report(error, { about: 'outgoing' }),
  });
  const sources = sourceService(context);
  const segmentSizes = segmentSizeService(context, {
    segments,
    outgoing,
    report: (error) => report(error, { about: 'sizes of segments' }),
  });
  const files = fileService(context);
  const masking = maskingService(context);
  const media = mediaService(context);
  const transcripts = transcriptService(context, { interviews, masking });
  const transcription = transcriptionService(context, transcriptionOptions, {
    media,
    transcripts,
    report: (error) => report(error, { about: 'a transcription' }),
  });
  const evidence = evidenceService(context);
  const insights = insightService(context, evidence, insightNews);
  const cells = cellService(context);
  const toldPersonas = toldPersonaService(context, { cells });
  const projectImports = projectImportService(context, { masking, evidence, media });
  const personaHealth = personaHealthService(context, {
    insights,
    segmentDrift,
    report: (error) => report(error, { about: 'a damaged row' }),
  });
  const personaStandings = personaStandingService(context, agreement);
  const projectExports = projectExportService(context, { masking, evidence, interviewees });
  const reportDocuments = reportDocumentService(context, {
    evidence,
    themes,
    themeChecks,
    segmentProfiles,
    insights,
    personaHealth,
    personaStandings,
    cells,
    toldPersonas,
  });
  const reports = reportService(context, {
    documents: reportDocuments,
    evidence,
    masking,
    projectExports,
    queue,
    chromium: reportChromium,
    publicUrl,
    report: (error) => report(error, { about: 'a report' }),
  });
  const fieldwork = fieldworkService(context, targeting, privacyNotices);
  const erasure = erasureService(context, {
    fieldwork,
    files,
    withdrawInterview: consents.withdraw,
    tellOfWithdrawal: insights.withdrawn,
    sweep: async () => {
      await projectImports.forgetLeft();
      await reports.sweep();
    },
  });
  const retention = retentionService(context, {
    files,
    forgetMedia: media.forget,
    tellOfEnd: insights.withdrawn,
    sweep: async () => {
      await projectImports.forgetLeft();
      await reports.sweep();
    },
    emptyJournal: erasure.emptyJournal,
  });
  const apiAnswers = apiAnswerService(context);
  const leftovers = leftoverSweep(
    async () => {
      await projectImports.forgetExpired();
      await reports.sweep();
      await apiAnswers.forgetOld();
      await store.transcripts.forgetExpired(now().toISOString());
    },
    (error) => report(error, { about: 'files that were only looked at' }),
  );
  /** Often enough that what is due goes on its day. */
  const retaining = leftoverSweep(
    async () => void (await retention.perform()),
    (error) => report(error, { about: 'retention' }),
  );
  const computed = computedAttributeService(context, place, (error) => report(error, { about: 'computed attributes' }));
  const upkeep = upkeepService(context, place, upkeepOptions, (error) => report(error, { about: 'upkeep' }));
  const nothing = async () => {};
  const told = (about: string) => (error: unknown) => report(error, { about });
  /** Done by one process at a time; what another one left half done comes first. */
  const roster = dutyRoster([
    {
      // Of several processes others may be at work: theirs is on the list they share.
      open: () => (place.engine === 'sqlite' ? settleUnfinished(store, at()) : undefined),
      close: nothing,
    },
    // What had gone before an older copy was put back goes again before anybody is answered.
    { open: retention.catchUp, close: nothing },
    retaining,
    {
      open: () => void peopleImports.finishUndoing().catch(told('an import of people that was being taken back')),
      close: nothing,
    },
    inbox,
    {
      open: () => void imports.finishUndoing().catch(told('an import that was being taken back')),
      close: nothing,
    },
    themePlacing,
    scaleAttributes,
    typedSurveys,
    distribution,
    recruiting,
    outgoing,
    segmentSizes,
    { open: media.tidy, close: nothing },
    leftovers,
    upkeep,
    { open: computed.open, close: computed.rest },
  ]);
  // Before anything else works with what may come from an older copy.
  if (isOwner) await erasure.catchUp();
  if (isOwner) queue.open();
  if (isOwner) await (duty ? duty.stand(roster.open, roster.close) : roster.open());
  const responseQuality = responseQualityService(context, place, (error) =>
    report(error, { about: 'response quality' }),
  );
  const answerReadings = answerReadingService(context, place, (error) => report(error, { about: 'reading answers' }));

  return {
    folder,
    limits,
    now,
    store,
    logs,
    texts,
    database,
    /** The file's own connection. @throws Error on PostgreSQL, which has none */
    get connection(): SqliteConnection {
      if (!connection) throw new Error('There is no SQLite file here');
      return connection;
    },
    audit,
    accounts: accountService(context, {
      sessions,
      shared,
      secondFactors,
      passkeys,
      links: accountLinks,
      passwordCost,
    }),
    accountLinks,
    members: memberService(context, accountLinks),
    passkeys,
    secondFactors,
    sessions,
    singleSignOn: singleSignOnService(context, singleSignOn, publicUrl),
    apiKeys: apiKeyService(context),
    apiAnswers,
    cursors: cursorService(context),
    adjudication: adjudicationService(context, codings),
    agreement,
    roundAnswers: roundAnswerService(context, agreement, codings),
    analysis,
    answerReadings,
    attributeTyping,
    answerCoding: answerCodingService(context, codings),
    codeChanges: codeChangeService(context, codings),
    codebook: codebookService(context, codings),
    codebookFiles: codebookFileService(context, codings, evidence),
    codedAnalysis: codedAnalysisService(context, interviewees),
    coder,
    codings,
    codingDesk: codingDeskService(context, agreement.roundFor),
    memos: memoService(context, codings),
    comparisons,
    bannerTables: bannerTableService(context, runs),
    computed,
    derivedVariables: derivedVariableService(context, masking),
    distribution,
    embeddings,
    consents,
    corrections,
    evidence,
    insights,
    insightNews,
    studySearch: studySearch(context, { evidence, cells, toldPersonas }),
    redactions: redactionService(context, { masking, evidence }),
    exports: exportService(context, place),
    files,
    feedback: feedbackService(context, {
      outgoing,
      sources,
      report: (error) => report(error, { about: 'feedback' }),
    }),
    feedbackDesk: feedbackDesk(context),
    erasure,
    fieldwork,
    fieldworkDesk: fieldworkDeskService(context),
    fieldworkReport: fieldworkReportService(context),
    imports,
    inbox,
    intake,
    interviewees,
    guides: guideService(context),
    interviewNotes: interviewNoteService(context, { corrections, interviews }),
    interviews,
    ladderRungs: ladderRungService(context),
    masking,
    media,
    transcription,
    transcripts,
    outgoing,
    offers: offerService(context),
    personas: personaService(context, runs),
    personaHealth,
    reportDocuments,
    reports,
    reportLooks: reportLooks(context, place),
    personaStandings,
    codeStory: codeStoryService(context),
    projectExports,
    projectImports,
    peopleImports,
    personTimeline: personTimelineService(context),
    personalRecords: personalRecordService(context),
    impactAssessments: impactAssessmentService(context),
    recruiting,
    recruitingBooking: recruitingBookingService(context, { recruiting, letters, targeting, wake: wakePost }),
    responseDesk: responseDeskService(context, files),
    responseDetails: responseDetailService(context),
    responseQuality,
    retention,
    rewording: rewordingService(rewordingOptions),
    samples: sampleService(context),
    saidValues,
    definedSegmentations,
    membershipImports: membershipImportService(context, runs, definedSegmentations),
    segmentations,
    segmentDrift,
    segmentHistory: segmentHistoryService(context),
    segmentProfiles,
    typingTools,
    typedSurveys,
    upkeep,
    /** How many pieces of long work wait. */
    jobsWaiting: queue.waiting,
    segments,
    segmentSizes,
    shares: shareService(context),
    readerQuestions: readerQuestionService(context),
    readerSheets: readerSheetService(context, { toldPersonas, evidence, insights, media }),
    perception: perceptionService(context, { surveys }),
    sources,
    studies: studyService(context),
    surveyImports: surveyImportService(context, surveys),
    privacyNotices,
    surveys,
    plays: playService(context, { segments, segmentSizes, surveys }),
    cells,
    toldPersonas,
    changeGroups: changeGroupService(context, { comparisons, segments, surveys }),
    surveyDrafts,
    scaleAttributes,
    instruments: instrumentService(context, surveyDrafts, path.join(shippedFolder, 'instruments')),
    targeting,
    themes,
    themeChecks,
    themeCodes: themeCodeService(context, themes),
    themePlacing,
    /** Whether the database takes a write just now (it is taken back at once); what stands in the way, if anything. */
    probe: async (): Promise<string[]> => {
      const faults: string[] = [];
      try {
        await probeWrite(database, { asksForRoom: logs.lacksRoom() });
        if ((await schemaVersion(database)) !== SCHEMA_VERSION) faults.push('the database has another schema');
      } catch {
        faults.push('the database cannot be written');
      }
      return faults;
    },
    /** Ends threads after their work, checkpoints, and lets the folder go. */
    close: async (): Promise<void> => {
      await duty?.leave();
      await inbox.close();
      await recruiting.close();
      await distribution.close();
      await segmentSizes.close();
      await outgoing.close();
      await themePlacing.close();
      await scaleAttributes.close();
      await typedSurveys.close();
      await transcription.close();
      await leftovers.close();
      await retaining.close();
      await upkeep.close();
      await queue.stop();
      await responseQuality.stop();
      await answerReadings.stop();
      await computed.stop();
      await thread.stop();
      await logs.close();
      await database.kysely.destroy();
      unlock();
    },
  };
}
export type Verbatim = Awaited<ReturnType<typeof openVerbatim>>;
