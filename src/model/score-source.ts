import type { SurveyDefinition } from './survey.ts';

/** What says so, of a scale score that is told of a person: which survey, by which version of which key. */
export type ScoreSource = {
  survey: string;
  instrument: string;
  version: string;
  keyHash: string;
  /** True while too few people have been scored for the instrument to be relied on. */
  isProvisional: boolean;
};

/** What every source of a survey's scores begins with. */
export const scoreSourceStart = (survey: string): string => `scores:${survey}:`;

/** The name that a score has among what is known of a person. */
export const scoreAttributeName = (instrument: string, scale: string): string => `${instrument}.${scale}`;

/**
 * @example
 * scoreSource({ survey: 'x1', instrument: 'swls', version: '1985', keyHash: 'kH', isProvisional: false }) // => 'scores:x1:swls:kH::1985'
 */
export const scoreSource = ({ survey, instrument, version, keyHash, isProvisional }: ScoreSource): string =>
  `${scoreSourceStart(survey)}${instrument}:${keyHash}:${isProvisional ? 'provisional' : ''}:${version}`;

/**
 * @returns null for what is told by anything else
 *
 * @example
 * readScoreSource('scores:x1:swls:kH:provisional:1985')?.isProvisional // => true
 */
export function readScoreSource(source: string): ScoreSource | null {
  const [, survey = '', instrument = '', keyHash = '', mark = '', version = ''] =
    /^scores:([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/.exec(source) ?? [];
  return survey === '' ? null : { survey, instrument, version, keyHash, isProvisional: mark !== '' };
}

/** The names under which a survey's scores are told. */
export const scoreNames = ({ instruments = [] }: Pick<SurveyDefinition, 'instruments'>): Set<string> =>
  new Set(instruments.flatMap(({ code, scales }) => scales.map((scale) => scoreAttributeName(code, scale.code))));
