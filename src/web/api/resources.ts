import type { House } from '../app.ts';
import { attributeResource } from './attributes.ts';
import { baseSampleResource } from './base-samples.ts';
import { codeResource } from './codes.ts';
import { codingResource } from './codings.ts';
import { derivedVariableResource } from './derived-variables.ts';
import { feedbackResource } from './feedback.ts';
import { fieldworkResource } from './fieldwork.ts';
import { hookResource } from './hooks.ts';
import { importResource } from './imports.ts';
import { insightResource } from './insights.ts';
import { instrumentResource } from './instruments.ts';
import { interviewResource } from './interviews.ts';
import { memoResource } from './memos.ts';
import { noteResource } from './notes.ts';
import { peopleResource } from './people.ts';
import { personaResource } from './personas.ts';
import { privacyNoticeResource } from './privacy-notice.ts';
import { reportResource } from './reports.ts';
import { responseResource } from './responses.ts';
import { resultsResource } from './results.ts';
import { retentionResource } from './retention.ts';
import { runResource } from './runs.ts';
import { scoreResource } from './scores.ts';
import { segmentProfileResource } from './segment-profiles.ts';
import { segmentSolutionResource } from './segment-solutions.ts';
import { segmentationResource } from './segmentations.ts';
import { segmentResource } from './segments.ts';
import { studyResource } from './study.ts';
import { templateResource } from './survey-templates.ts';
import { surveyResource } from './surveys.ts';
import { tableResource } from './tables.ts';
import { themeResource } from './themes.ts';
import { transcriptResource } from './transcripts.ts';
import { typingToolResource } from './typing-tools.ts';
import { variableResource } from './variables.ts';
import { weightedResultsResource } from './weighted-results.ts';
import { weightingResource } from './weightings.ts';

/** Every operation of the API by its name, chapter after chapter. */
export const apiResources = (house: House) => ({
  ...studyResource(house),
  ...retentionResource(house),
  ...surveyResource(house),
  ...privacyNoticeResource(house),
  ...templateResource(house),
  ...instrumentResource(house),
  ...fieldworkResource(house),
  ...responseResource(house),
  ...importResource(house),
  ...resultsResource(house),
  ...weightedResultsResource(house),
  ...baseSampleResource(house),
  ...weightingResource(house),
  ...tableResource(house),
  ...variableResource(house),
  ...derivedVariableResource(house),
  ...feedbackResource(house),
  ...peopleResource(house),
  ...attributeResource(house),
  ...hookResource(house),
  ...runResource(house),
  ...interviewResource(house),
  ...transcriptResource(house),
  ...noteResource(house),
  ...codeResource(house),
  ...codingResource(house),
  ...memoResource(house),
  ...themeResource(house),
  ...scoreResource(house),
  ...segmentResource(house),
  ...segmentationResource(house),
  ...segmentSolutionResource(house),
  ...segmentProfileResource(house),
  ...typingToolResource(house),
  ...insightResource(house),
  ...personaResource(house),
  ...reportResource(house),
});

export type ApiOperations = ReturnType<typeof apiResources>;
