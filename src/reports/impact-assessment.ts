import type { DaysKept } from '../model/kept-promise.ts';
import { daysWords } from './notice-facts.ts';

/*
 * An assessment of what a study does to the people in it, as data protection law asks for it where people are profiled: what the
 * house knows is filled in, and what only its owners know is left for them, and says so.
 */

/** What of it the house knows. */
export type ImpactInput = {
  study: string;
  workspace: string;
  /** A day, `30 November 2026`. */
  madeOn: string;
  people: number;
  responses: number;
  interviews: number;
  recordings: number;
  feedback: number;
  surveys: {
    title: string;
    questions: number;
    /** Kinds of questions that ask who somebody is, or take files. */
    personalQuestions: string[];
    openQuestions: number;
    consentVersion: string;
    purposes: string[];
    languages: string[];
    contact: string | null;
  }[];
  attributes: { name: string; family: string }[];
  eventNames: string[];
  /** More kinds of events than these are known. */
  hasMoreEvents: boolean;
  agreed: { purpose: string; number: number }[];
  members: { name: string; role: string }[];
  hooks: { kind: string; name: string; isPaused: boolean }[];
  shares: { name: string; audience: string; expiresAt: string }[];
  keys: { name: string; scopes: string[]; expiresAt: string }[];
  /** Servers and models that words are sent to. */
  embeddingMakers: string[];
  leastCell: number;
  /** How long its parts are kept, and what holds them all. */
  kept: DaysKept & { hold: { reason: string; since: string } | null };
  /** Sentences on what the notice says of time and is not kept. */
  unkept: string[];
  /** What the study’s privacy notice says, part by part; empty where none is written. */
  notice: { label: string; text: string }[];
};

export type ImpactSection = {
  title: string;
  paragraphs: string[];
  table: { columns: string[]; rows: string[][] } | null;
};

/** What owners write in themselves stands where they look for it. */
const TO_FILL = 'To be filled in by the controller:';
const many = (n: number, one: string, more: string) => `${n.toLocaleString('en-GB')} ${n === 1 ? one : more}`;

const MEASURES: readonly (readonly [risk: string, measure: string])[] = [
  [
    'Beliefs, health or orientation follow from answers about values and motives',
    'No answer to a survey is kept without consent; each purpose is ticked by itself and never beforehand; every question that allows it can be declined. What programs tell of people needs a ground of its own',
  ],
  [
    'Somebody is recognised in a figure of few people',
    'Figures of fewer people than the smallest cell are told to researchers of the study alone, with others hidden that would give them away',
  ],
  [
    'Somebody is recognised by their words',
    'Quotes need a purpose of their own; names, addresses and numbers in words are masked on pages and in files; opening them is kept with who and why',
  ],
  [
    'Segments and personas are taken for facts about a person',
    'They are told with how likely they are; no decision about a person is made by the house. How members use them is for the controller to say',
  ],
  [
    'Somebody reads who must not',
    'Every address is allowed by one place, to a role in the study; passwords are hashed, second factors offered; who did what is in a log that cannot be changed unseen',
  ],
  [
    'Data stays longer than it is needed, or comes back from a copy',
    'Erasing a person or a response overwrites what was kept of them (on PostgreSQL once the space is used again); figures that were computed before stay, and name nobody; a ledger beside the database erases again in a copy that is restored; copies expire',
  ],
  [
    'Data leaves to third parties',
    'No request leaves but to what is listed under recipients; pages load nothing from elsewhere; network addresses are kept nowhere',
  ],
];

/**
 * The assessment, section by section.
 *
 * @example
 * impactAssessment({ study: 'S', workspace: 'W', madeOn: '1 May 2026', people: 0, responses: 0, interviews: 0, recordings: 0,
 *   feedback: 0, surveys: [], attributes: [], eventNames: [], hasMoreEvents: false, agreed: [], members: [], hooks: [], shares: [],
 *   keys: [], embeddingMakers: [], leastCell: 10, kept: { identifiersDays: null, wordsDays: null, hold: null },
 *   unkept: [], notice: [] }).map(({ title }) => title).slice(0, 2) // => ['The study', 'Purposes and legal ground']
 */
export function impactAssessment(input: ImpactInput): ImpactSection[] {
  return [
    {
      title: 'The study',
      paragraphs: [
        `${input.study}, of ${input.workspace}. As of ${input.madeOn}.`,
        `It holds ${many(input.responses, 'response', 'responses')}, ${many(input.interviews, 'interview', 'interviews')} with ${many(input.recordings, 'recording', 'recordings')}, and ${many(input.feedback, 'piece of feedback', 'pieces of feedback')}; ${many(input.people, 'person is', 'people are')} known to take part by name or id.`,
        input.notice.length === 0
          ? `${TO_FILL} the controller, who answers for data protection there, and what the study is for.`
          : 'What its privacy notice tells people:',
      ],
      table:
        input.notice.length === 0
          ? null
          : { columns: ['Part', 'What it says'], rows: input.notice.map(({ label, text }) => [label, text]) },
    },
    {
      title: 'Purposes and legal ground',
      paragraphs: [
        'What people agree to is asked before the first question. Counted is what holds today.',
        `${TO_FILL} why each purpose is needed, and why less would not do.`,
      ],
      table: {
        columns: ['Purpose', 'Agreed to, how often'],
        rows: input.agreed.map(({ purpose, number }) => [purpose, number.toLocaleString('en-GB')]),
      },
    },
    {
      title: 'What is asked',
      paragraphs: [],
      table: {
        columns: ['Survey', 'Questions', 'In own words', 'Ask who somebody is', 'Consent', 'Languages', 'Contact'],
        rows: input.surveys.map((survey) => [
          survey.title,
          String(survey.questions),
          String(survey.openQuestions),
          survey.personalQuestions.join(', ') || 'none',
          `${survey.consentVersion}: ${survey.purposes.join(', ')}`,
          survey.languages.join(', '),
          survey.contact ?? 'none is named',
        ]),
      },
    },
    {
      title: 'What is known besides',
      paragraphs: [
        input.eventNames.length === 0
          ? 'No events of people are told of by programs.'
          : `Programs tell of: ${input.eventNames.join(', ')}${input.hasMoreEvents ? ', and more' : ''}.`,
        'Attributes and events belong to the workspace and serve all of its studies.',
      ],
      table: {
        columns: ['Family', 'Attributes'],
        rows: [...Map.groupBy(input.attributes, ({ family }) => family)].map(([family, some]) => [
          family,
          some.map(({ name }) => name).join(', '),
        ]),
      },
    },
    {
      title: 'Who has access',
      paragraphs: [],
      table: { columns: ['Member', 'Role'], rows: input.members.map(({ name, role }) => [name, role]) },
    },
    {
      title: 'Recipients',
      paragraphs: [
        'Programs, readers by a link, keys, and servers that words are sent to. What is not in this table gets nothing from Verbatim; files that members took out are in the audit log.',
        `${TO_FILL} who stands behind each, in which country, and by which contract.`,
      ],
      table: {
        columns: ['Recipient', 'What it is', 'Until'],
        rows: [
          ...input.hooks.map(({ name, kind, isPaused }) => [
            name,
            `${kind}${isPaused ? ', paused' : ''}`,
            'taken away',
          ]),
          ...input.shares.map(({ name, audience, expiresAt }) => [
            name,
            `personas by a link (${audience})`,
            expiresAt.slice(0, 10),
          ]),
          ...input.keys.map(({ name, scopes, expiresAt }) => [
            name,
            `key for ${scopes.join(', ')}`,
            expiresAt.slice(0, 10),
          ]),
          ...input.embeddingMakers.map((maker) => [maker, 'vectors of words', 'switched off']),
        ],
      },
    },
    {
      title: 'How long it is kept',
      paragraphs: [
        `What leads to a person is kept ${daysWords(input.kept.identifiersDays)}, what was said in words ${daysWords(input.kept.wordsDays)}, counted from when a response was completed, an interview held or feedback given. Numbers, choices, codes and scores stay. What is due goes within the hour, and also from copies once they are restored.`,
        ...(input.kept.hold === null
          ? []
          : [
              `A legal hold stands since ${input.kept.hold.since.slice(0, 10)}: ${input.kept.hold.reason}. Until it is lifted nothing goes by its age.`,
            ]),
        ...input.unkept,
        `${TO_FILL} why names and words are needed for so long.`,
        'Copies of the database that Verbatim makes by itself expire after 35 days at most.',
      ],
      table: null,
    },
    {
      title: 'Risks and measures',
      paragraphs: [
        `The smallest cell of this study is ${many(input.leastCell, 'person', 'people')}.`,
        `${TO_FILL} how likely and how grave each risk is here, and what else is done.`,
      ],
      table: { columns: ['Risk', 'Measure of the house'], rows: MEASURES.map(([risk, measure]) => [risk, measure]) },
    },
    {
      title: 'Rights of the people',
      paragraphs: [
        'With the code of their receipt they see, correct, download and take back their answers. For everything that is kept about them, and to be erased, they turn to the contact of the survey; owners do both on the person’s page.',
        `${TO_FILL} within which time that is done, and the outcome of this assessment, with date and name.`,
      ],
      table: null,
    },
  ];
}

/**
 * The same as plain text in Markdown, for a terminal or a file.
 *
 * @example
 * impactText([{ title: 'A', paragraphs: ['b'], table: { columns: ['c', 'd'], rows: [['1', 'x|y']] } }])
 * // => '## A\n\nb\n\n| c | d |\n|---|---|\n| 1 | x\\|y |\n'
 */
export function impactText(sections: readonly ImpactSection[]): string {
  const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return sections
    .map(({ title, paragraphs, table }) => {
      const parts = [`## ${title}`, ...paragraphs];
      if (table)
        parts.push(
          [
            row(table.columns),
            `|${table.columns.map(() => '---').join('|')}|`,
            ...(table.rows.length > 0 ? table.rows.map(row) : [row(['none', ...table.columns.slice(1).map(() => '')])]),
          ].join('\n'),
        );
      return `${parts.join('\n\n')}\n`;
    })
    .join('\n');
}
