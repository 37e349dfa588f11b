import { accountLetterStore } from './account-letters.ts';
import { accountLinkStore } from './account-links.ts';
import { accountStore } from './accounts.ts';
import { analysisStore } from './analyses.ts';
import { answerGridStore } from './answer-grid.ts';
import { answerReadingStore } from './answer-readings.ts';
import { apiAnswerStore } from './api-answers.ts';
import { apiKeyStore } from './api-keys.ts';
import { auditLogStore } from './audit-log.ts';
import { bannerTableStore } from './banner-tables.ts';
import { changeStore } from './changes.ts';
import { codebookStore } from './codebook.ts';
import { codedPassageStore } from './coded-passages.ts';
import { coderStore } from './coder.ts';
import { codingDeskStore } from './coding-desk.ts';
import { codingJournal } from './coding-journal.ts';
import { codingRoundStore } from './coding-rounds.ts';
import { companyStore } from './companies.ts';
import { comparisonStore } from './comparisons.ts';
import { computedStore } from './computed.ts';
import { consentStore } from './consents.ts';
import { contactStore } from './contacts.ts';
import { correctionStore } from './corrections.ts';
import type { Database } from './database.ts';
import { deliveryStore } from './deliveries.ts';
import { derivedVariableStore } from './derived-variables.ts';
import { erasureStore } from './erasures.ts';
import { factStore } from './facts.ts';
import { feedbackStore } from './feedback.ts';
import { fieldFigureStore } from './field-figures.ts';
import { fieldworkStore } from './fieldwork.ts';
import { guideStore } from './guides.ts';
import { hookStore } from './hooks.ts';
import { impactFacts } from './impact-facts.ts';
import { insightNewsStore } from './insight-news.ts';
import { insightStore } from './insights.ts';
import { instrumentStore } from './instruments.ts';
import { interviewLogStore } from './interview-log.ts';
import { interviewNoteStore } from './interview-notes.ts';
import { interviewSegmentStore } from './interview-segments.ts';
import { interviewTurnStore } from './interview-turns.ts';
import { keyTableStore } from './key-table.ts';
import { knownValueStore } from './known-values.ts';
import { ladderRungStore } from './ladder-rungs.ts';
import { letterQueue } from './letter-queue.ts';
import { mailingStore } from './mailings.ts';
import { maskStore } from './masks.ts';
import { mediaStore } from './media.ts';
import { memberStore } from './members.ts';
import { memoStore } from './memos.ts';
import { noteStore } from './notes.ts';
import { offerStore } from './offers.ts';
import { orderNumberStore } from './order-numbers.ts';
import { peopleStore } from './people.ts';
import { peopleImportStore } from './people-imports.ts';
import { peopleSearchStore } from './people-search.ts';
import { personaGroupStore } from './persona-groups.ts';
import { personaUsageStore } from './persona-usage.ts';
import { personalRefusalStore } from './personal-refusals.ts';
import { personaStore } from './personas.ts';
import { placementStore } from './placements.ts';
import { playStore } from './plays.ts';
import { populationFactStore } from './population-facts.ts';
import { privacyNoticeStore } from './privacy-notices.ts';
import { projectExchangeStore } from './project-exchange.ts';
import { qualityFlagStore } from './quality-flags.ts';
import { rateCountStore } from './rate-counts.ts';
import { readerQuestionStore } from './reader-questions.ts';
import { recruitingStore } from './recruiting.ts';
import { recruitingBookingStore } from './recruiting-bookings.ts';
import { recruitingFactStore } from './recruiting-facts.ts';
import { recruitingLetterStore } from './recruiting-letters.ts';
import { reportStore } from './reports.ts';
import { responseDeskStore } from './response-desk.ts';
import { responseStore } from './responses.ts';
import { retentionStore } from './retention.ts';
import { sampleDefinitionStore } from './sample-definitions.ts';
import { scaleScoreStore } from './scale-scores.ts';
import { secondFactorStore } from './second-factors.ts';
import { segmentDriftStore } from './segment-drift.ts';
import { segmentHistoryStore } from './segment-history.ts';
import { segmentImportStore } from './segment-imports.ts';
import { segmentSizeStore } from './segment-sizes.ts';
import { segmentStandingStore } from './segment-standings.ts';
import { segmentationStore } from './segmentations.ts';
import { segmentStore } from './segments.ts';
import { shareStore } from './shares.ts';
import { sightStore } from './sights.ts';
import { signInStore } from './sign-ins.ts';
import { sourceFileStore } from './source-files.ts';
import { sourceStore } from './sources.ts';
import { type Study, studyStore } from './studies.ts';
import { surveyStore } from './surveys.ts';
import { textVectorStore } from './text-vectors.ts';
import { themeCheckStore } from './theme-checks.ts';
import { themeCodeStore } from './theme-codes.ts';
import { themeStore } from './themes.ts';
import { timelineStore } from './timeline.ts';
import { toldGroupStore } from './told-groups.ts';
import { toldScoreStore } from './told-scores.ts';
import { toldValueStore } from './told-values.ts';
import { transcriptCueStore } from './transcript-cues.ts';
import { transcriptStore } from './transcripts.ts';
import { typedSurveyStore } from './typed-surveys.ts';
import { typingToolStore } from './typing-tools.ts';
import { withdrawalStore } from './withdrawals.ts';

/** The whole store over one database: a module per aggregate. */
export function openStore({ kysely, engine }: Database) {
  return {
    accounts: accountStore(kysely),
    accountLetters: accountLetterStore(kysely),
    accountLinks: accountLinkStore(kysely),
    members: memberStore(kysely),
    rateCounts: rateCountStore(kysely),
    secondFactors: secondFactorStore(kysely),
    signIns: signInStore(kysely),
    apiKeys: apiKeyStore(kysely),
    auditLog: auditLogStore(kysely),
    apiAnswers: apiAnswerStore(kysely),
    studies: studyStore(kysely),
    privacyNotices: privacyNoticeStore(kysely),
    surveys: surveyStore(kysely),
    people: peopleStore(kysely),
    peopleSearch: peopleSearchStore(kysely),
    companies: companyStore(kysely),
    peopleImports: peopleImportStore({ kysely, engine }),
    computed: computedStore({ kysely, engine }),
    sources: sourceStore(kysely),
    sourceFiles: sourceFileStore(kysely),
    fieldwork: fieldworkStore(kysely),
    fieldFigures: fieldFigureStore(kysely),
    reports: reportStore(kysely),
    responses: responseStore(kysely),
    responseDesk: responseDeskStore({ kysely, engine }),
    qualityFlags: qualityFlagStore({ kysely, engine }),
    notes: noteStore(kysely),
    orderNumbers: orderNumberStore(kysely),
    codebook: codebookStore(kysely),
    codingJournal: codingJournal(kysely),
    projectExchange: projectExchangeStore({ kysely, engine }),
    codingRounds: codingRoundStore({ kysely, engine }),
    corrections: correctionStore(kysely),
    consents: consentStore({ kysely, engine }),
    withdrawals: withdrawalStore(kysely),
    erasures: erasureStore({ kysely, engine }),
    retention: retentionStore({ kysely, engine }),
    keyTable: keyTableStore(kysely),
    impactFacts: (study: Pick<Study, 'id' | 'workspaceId'>) => impactFacts(kysely, study),
    insights: insightStore(kysely),
    insightNews: insightNewsStore(kysely),
    codingDesk: codingDeskStore(kysely),
    memos: memoStore(kysely),
    media: mediaStore(kysely),
    transcripts: transcriptStore(kysely),
    transcriptCues: transcriptCueStore(kysely),
    codedPassages: codedPassageStore({ kysely, engine }),
    interviewTurns: interviewTurnStore(kysely),
    interviewLog: interviewLogStore(kysely),
    interviewNotes: interviewNoteStore(kysely),
    guides: guideStore(kysely),
    ladderRungs: ladderRungStore(kysely),
    recruiting: recruitingStore(kysely),
    recruitingBookings: recruitingBookingStore(kysely),
    recruitingFacts: recruitingFactStore(kysely),
    recruitingLetters: recruitingLetterStore(kysely),
    masks: maskStore({ kysely, engine }),
    answerGrid: answerGridStore({ kysely, engine }),
    answerReadings: answerReadingStore({ kysely, engine }),
    analyses: analysisStore(kysely),
    coder: coderStore({ kysely, engine }),
    textVectors: textVectorStore({ kysely, engine }),
    themes: themeStore({ kysely, engine }),
    themeChecks: themeCheckStore(kysely),
    themeCodes: themeCodeStore(kysely),
    segments: segmentStore(kysely),
    personas: personaStore(kysely),
    segmentations: segmentationStore(kysely),
    segmentSizes: segmentSizeStore(kysely),
    changes: changeStore(kysely),
    plays: playStore(kysely),
    comparisons: comparisonStore(kysely),
    mailings: mailingStore(kysely),
    letterQueue: letterQueue(kysely),
    contacts: contactStore(kysely),
    hooks: hookStore(kysely),
    deliveries: deliveryStore(kysely),
    facts: factStore(kysely),
    sights: sightStore(kysely),
    scaleScores: scaleScoreStore(kysely),
    knownValues: knownValueStore(kysely),
    populationFacts: populationFactStore(kysely),
    offers: offerStore(kysely),
    feedback: feedbackStore({ kysely, engine }),
    timeline: timelineStore(kysely),
    toldValues: toldValueStore({ kysely, engine }),
    personaGroups: personaGroupStore(kysely),
    toldGroups: toldGroupStore({ kysely, engine }),
    toldScores: toldScoreStore({ kysely, engine }),
    instruments: instrumentStore(kysely),
    typingTools: typingToolStore(kysely),
    sampleDefinitions: sampleDefinitionStore(kysely),
    derivedVariables: derivedVariableStore(kysely),
    bannerTables: bannerTableStore(kysely),
    placements: placementStore({ kysely, engine }),
    typedSurveys: typedSurveyStore({ kysely, engine }),
    segmentDrift: segmentDriftStore({ kysely, engine }),
    segmentHistory: segmentHistoryStore({ kysely, engine }),
    segmentImports: segmentImportStore({ kysely, engine }),
    interviewSegments: interviewSegmentStore(kysely),
    personalRefusals: personalRefusalStore(kysely),
    segmentStandings: segmentStandingStore({ kysely, engine }),
    shares: shareStore(kysely),
    readerQuestions: readerQuestionStore(kysely),
    personaUsage: personaUsageStore(kysely),
  };
}
export type Store = ReturnType<typeof openStore>;
