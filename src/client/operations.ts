import type { Operation } from '../web/api/operation.ts';
import type { ApiOperations } from '../web/api/resources.ts';

type Place<One> =
  One extends Operation<infer Method, infer Path, infer _Q, infer _B, infer _A> ? readonly [Method, Path] : never;

/** Where each operation is; the compiler holds it to the server's own list. */
export const OPERATIONS: { readonly [Name in keyof ApiOperations]: Place<ApiOperations[Name]> } = {
  readKey: ['GET', '/key'],
  readStudy: ['GET', '/studies/:study'],
  readRetention: ['GET', '/studies/:study/retention'],
  previewRetention: ['GET', '/studies/:study/retention/preview'],
  listRetentionRuns: ['GET', '/studies/:study/retention/runs'],

  listSurveys: ['GET', '/studies/:study/surveys'],
  addSurvey: ['POST', '/studies/:study/surveys'],
  readSurvey: ['GET', '/studies/:study/surveys/:survey'],
  removeSurvey: ['DELETE', '/studies/:study/surveys/:survey'],
  readDraft: ['GET', '/studies/:study/surveys/:survey/draft'],
  writeDraft: ['PUT', '/studies/:study/surveys/:survey/draft'],
  checkDraft: ['GET', '/studies/:study/surveys/:survey/faults'],
  publishSurvey: ['POST', '/studies/:study/surveys/:survey/publish'],
  setSurveyState: ['PUT', '/studies/:study/surveys/:survey/state'],
  setAudience: ['PUT', '/studies/:study/surveys/:survey/audience'],
  readSurveySettings: ['GET', '/studies/:study/surveys/:survey/settings'],
  writeSurveySettings: ['PUT', '/studies/:study/surveys/:survey/settings'],
  setAnonymous: ['PUT', '/studies/:study/surveys/:survey/anonymous'],
  listVersions: ['GET', '/studies/:study/surveys/:survey/versions'],
  readVersion: ['GET', '/studies/:study/surveys/:survey/versions/:version'],

  readNotice: ['GET', '/studies/:study/notice'],
  writeNotice: ['PUT', '/studies/:study/notice'],

  listTemplates: ['GET', '/studies/:study/survey-templates'],
  addSurveyFromTemplate: ['POST', '/studies/:study/survey-templates'],

  listWaves: ['GET', '/studies/:study/surveys/:survey/waves'],
  addWave: ['POST', '/studies/:study/surveys/:survey/waves'],
  readWave: ['GET', '/studies/:study/surveys/:survey/waves/:wave'],
  writeWave: ['PUT', '/studies/:study/surveys/:survey/waves/:wave'],
  listQuotas: ['GET', '/studies/:study/surveys/:survey/quotas'],
  makeSingleLinks: ['POST', '/studies/:study/surveys/:survey/single-links'],

  listResponses: ['GET', '/studies/:study/surveys/:survey/responses'],
  sendResponse: ['POST', '/studies/:study/surveys/:survey/responses'],
  readResponse: ['GET', '/studies/:study/responses/:response'],
  withdrawResponse: ['POST', '/studies/:study/responses/:response/withdraw'],
  labelResponse: ['POST', '/studies/:study/responses/:response/labels'],
  unlabelResponse: ['DELETE', '/studies/:study/responses/:response/labels/:label'],
  noteResponse: ['POST', '/studies/:study/responses/:response/notes'],
  leaveResponseOut: ['PUT', '/studies/:study/responses/:response/left-out'],
  takeResponseBack: ['DELETE', '/studies/:study/responses/:response/left-out'],
  exportResponses: ['GET', '/studies/:study/surveys/:survey/export'],

  readResults: ['GET', '/studies/:study/surveys/:survey/results'],

  listFeedback: ['GET', '/studies/:study/feedback'],
  readFeedback: ['GET', '/studies/:study/feedback/:feedback'],
  setFeedbackState: ['PUT', '/studies/:study/feedback/:feedback/state'],
  noteFeedback: ['POST', '/studies/:study/feedback/:feedback/notes'],

  listPeople: ['GET', '/studies/:study/people'],
  tellPerson: ['POST', '/studies/:study/people'],
  tellEvents: ['POST', '/studies/:study/events'],
  readPerson: ['GET', '/studies/:study/people/:person'],
  readTimeline: ['GET', '/studies/:study/people/:person/timeline'],
  setRole: ['PUT', '/studies/:study/people/:person/companies/:company/role'],

  listAttributes: ['GET', '/studies/:study/attributes'],
  setAttribute: ['PUT', '/studies/:study/attributes'],
  listCompanies: ['GET', '/studies/:study/companies'],
  readCompany: ['GET', '/studies/:study/companies/:company'],

  listHooks: ['GET', '/studies/:study/hooks'],
  readHook: ['GET', '/studies/:study/hooks/:hook'],
  listDeliveries: ['GET', '/studies/:study/hooks/:hook/deliveries'],

  listRuns: ['GET', '/studies/:study/runs'],
  readRun: ['GET', '/studies/:study/runs/:run'],
  cancelRun: ['POST', '/studies/:study/runs/:run/cancel'],
  scoreScales: ['POST', '/studies/:study/surveys/:survey/scores'],

  listInterviews: ['GET', '/studies/:study/interviews'],
  planInterview: ['POST', '/studies/:study/interviews'],
  readInterview: ['GET', '/studies/:study/interviews/:interview'],
  setInterviewState: ['POST', '/studies/:study/interviews/:interview/state'],

  readTurns: ['GET', '/studies/:study/interviews/:interview/transcript'],
  putTranscript: ['PUT', '/studies/:study/interviews/:interview/transcript'],
  markTranscriptCorrected: ['POST', '/studies/:study/interviews/:interview/transcript/corrected'],

  listNotes: ['GET', '/studies/:study/interviews/:interview/notes'],
  writeNote: ['POST', '/studies/:study/interviews/:interview/notes'],
  readNote: ['GET', '/studies/:study/interviews/:interview/notes/:note'],
  rewriteNote: ['PUT', '/studies/:study/interviews/:interview/notes/:note'],
  removeNote: ['DELETE', '/studies/:study/interviews/:interview/notes/:note'],

  listCodes: ['GET', '/studies/:study/codes'],
  addCode: ['POST', '/studies/:study/codes'],
  readCode: ['GET', '/studies/:study/codes/:code'],
  defineCode: ['PUT', '/studies/:study/codes/:code'],
  moveCode: ['PUT', '/studies/:study/codes/:code/place'],
  mergeCode: ['POST', '/studies/:study/codes/:code/merge'],
  retireCode: ['POST', '/studies/:study/codes/:code/retire'],
  bringCodeBack: ['POST', '/studies/:study/codes/:code/bring-back'],

  listCodings: ['GET', '/studies/:study/codings'],
  addCoding: ['POST', '/studies/:study/codings'],
  readCoding: ['GET', '/studies/:study/codings/:coding'],
  markCoding: ['PATCH', '/studies/:study/codings/:coding'],
  removeCoding: ['DELETE', '/studies/:study/codings/:coding'],

  listMemos: ['GET', '/studies/:study/memos'],
  addMemo: ['POST', '/studies/:study/memos'],
  readMemo: ['GET', '/studies/:study/memos/:memo'],
  changeMemo: ['PUT', '/studies/:study/memos/:memo'],
  removeMemo: ['DELETE', '/studies/:study/memos/:memo'],

  findThemes: ['POST', '/studies/:study/themes'],
  readThemes: ['GET', '/studies/:study/themes/:run'],
  listThemeAnswers: ['GET', '/studies/:study/themes/:run/answers'],
  correctThemes: ['POST', '/studies/:study/themes/:run/corrections'],

  readScores: ['GET', '/studies/:study/surveys/:survey/scores'],

  listSegments: ['GET', '/studies/:study/segments'],
  addSegment: ['POST', '/studies/:study/segments'],
  readSegment: ['GET', '/studies/:study/segments/:segment'],
  changeSegment: ['PUT', '/studies/:study/segments/:segment'],
  countRule: ['POST', '/studies/:study/segment-counts'],
  countSegment: ['GET', '/studies/:study/segments/:segment/count'],
  listSegmentMembers: ['GET', '/studies/:study/segments/:segment/members'],

  listSegmentations: ['GET', '/studies/:study/segmentations'],
  addSegmentation: ['POST', '/studies/:study/segmentations'],
  readSegmentation: ['GET', '/studies/:study/segmentations/:segmentation'],
  listSegmentationInputs: ['GET', '/studies/:study/segmentations/:segmentation/inputs'],
  changeSegmentation: ['PUT', '/studies/:study/segmentations/:segmentation'],
  testSegmentation: ['POST', '/studies/:study/segmentations/:segmentation/test'],
  readSegmentationTest: ['GET', '/studies/:study/segmentations/:segmentation/test'],
  fitSegments: ['POST', '/studies/:study/segmentations/:segmentation/solutions'],
  listSolutions: ['GET', '/studies/:study/segmentations/:segmentation/solutions'],
  readSolution: ['GET', '/studies/:study/segmentations/:segmentation/solutions/:run'],
  acceptSolution: ['POST', '/studies/:study/segmentations/:segmentation/solutions/:run/accept'],

  profileSegments: ['POST', '/studies/:study/segmentations/:segmentation/profile'],
  readProfile: ['GET', '/studies/:study/segmentations/:segmentation/profile'],

  listTypingTools: ['GET', '/studies/:study/segmentations/:segmentation/typing-tools'],
  buildTypingTool: ['POST', '/studies/:study/segmentations/:segmentation/typing-tools'],
  readTypingTool: ['GET', '/studies/:study/segmentations/:segmentation/typing-tools/:tool'],
  publishTypingTool: ['POST', '/studies/:study/segmentations/:segmentation/typing-tools/:tool/publish'],
  typeSomebody: ['POST', '/studies/:study/segmentations/:segmentation/typing-tools/:tool/type'],

  listInsights: ['GET', '/studies/:study/insights'],
  addInsight: ['POST', '/studies/:study/insights'],
  readInsight: ['GET', '/studies/:study/insights/:insight'],
  readInsightToWrite: ['GET', '/studies/:study/insights/:insight/written'],
  changeInsight: ['PUT', '/studies/:study/insights/:insight/written'],
  addEvidence: ['POST', '/studies/:study/insights/:insight/evidence'],
  removeEvidence: ['DELETE', '/studies/:study/insights/:insight/evidence/:evidence'],

  listPersonas: ['GET', '/studies/:study/personas'],
  drawPersona: ['POST', '/studies/:study/personas'],
  assumePersona: ['POST', '/studies/:study/personas/assumed'],
  readPersona: ['GET', '/studies/:study/personas/:persona'],
  listPersonaVersions: ['GET', '/studies/:study/personas/:persona/versions'],
  redrawPersona: ['POST', '/studies/:study/personas/:persona/redraw'],

  listReports: ['GET', '/studies/:study/reports'],
  askForReport: ['POST', '/studies/:study/reports'],
  readReport: ['GET', '/studies/:study/reports/:report'],
  cancelReport: ['POST', '/studies/:study/reports/:report/cancel'],
  downloadReport: ['GET', '/studies/:study/reports/:report/file'],
};
