import { isSpoken, surveyItems } from '../../model/items.ts';
import { findPersonalData } from '../../privacy/find-personal-data.ts';
import type { TextFinding, TextReading } from '../../store/answer-readings.ts';
import { baseLanguage } from '../../text/language-words.ts';
import { languagesOf } from '../../text/languages.ts';
import { sentimentOf } from '../../text/sentiment.ts';
import type { TaskContext } from '../analysis-thread.ts';

export type AnswersRead = { readings: TextReading[]; findings: TextFinding[] };

const AT_ONCE = 2_000;
const READ = 'en';

/**
 * Reads every answer in words to a survey: in which language it is, how it feels, and what of a person stands in it.
 * The language is that of the response; where that is the one that feelings are read in, the letters have a say as well.
 */
export async function readAnswersTask(
  { store, onProgress }: TaskContext,
  { surveyId }: { surveyId: number },
): Promise<AnswersRead> {
  const { versions } = await store.responseDesk.facts(surveyId);
  const definitions = await Promise.all(versions.map(({ id }) => store.surveys.version(id)));
  const spoken = new Set(
    definitions.flatMap(({ definition }) =>
      surveyItems(definition)
        .filter(isSpoken)
        .map(({ address }) => address),
    ),
  );
  const texts: Awaited<ReturnType<typeof store.answerReadings.textsAfter>> = [];
  for (let after = 0; ; ) {
    const part = await store.answerReadings.textsAfter(surveyId, after, AT_ONCE);
    const last = part.at(-1);
    if (!last) break;
    after = Number(last.id);
    texts.push(...part.filter(({ item, text }) => spoken.has(item) && text.trim() !== ''));
    onProgress('Reading answers', 0.1);
  }
  // Letters tell only of answers that are said to be in the one language that is read.
  const told = texts.filter(({ language }) => baseLanguage(language) === READ);
  const written = languagesOf(told, READ);
  const languages = new Map(told.map((one, index) => [one, written[index]]));
  const readings: TextReading[] = [];
  const findings: TextFinding[] = [];
  for (const [index, one] of texts.entries()) {
    const { publicId, version, subjectId, item, text } = one;
    const place = { sourceId: publicId, sourceVersion: version, responseId: subjectId, item };
    const language = languages.get(one) ?? baseLanguage(one.language);
    const sentiment = await sentimentOf(text, language);
    readings.push({
      ...place,
      language,
      sentiment: sentiment?.label ?? null,
      score: sentiment ? Math.round(sentiment.score * 1000) : null,
    });
    for (const { start, end, kind } of findPersonalData(text))
      findings.push({ ...place, kind, spanStart: start, spanEnd: end });
    if (index % 500 === 0) onProgress('Weighing what they feel', 0.2 + (0.8 * index) / texts.length);
  }
  return { readings, findings };
}
