/** The ends that a piece of work can come to, named for what happened and not for a protocol. */
export type ProblemKind =
  | 'malformed'
  | 'invalid'
  | 'not-found'
  | 'forbidden'
  | 'signed-out'
  /** Signed in, but a while ago: it takes showing once more who one is. */
  | 'unconfirmed'
  /** Signed in without a second factor, where one is asked of everybody. */
  | 'unguarded'
  | 'conflict'
  | 'changed'
  | 'version-needed'
  | 'gone'
  | 'too-large'
  | 'too-many'
  | 'unsupported'
  | 'other-method'
  | 'busy'
  | 'storage-full';

export type ProblemError = { pointer: string; detail: string };

/**
 * Something expected that ends the work at hand: what happened (`title`), what to do next (`detail`), and where it
 * applies, which values did not fit. Doors translate it; it knows no HTTP.
 */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly detail: string;
  readonly errors: ProblemError[];
  readonly retryAfterSeconds: number | null;
  /** The stem of the texts that say it to a respondent in their language, such as `sentAlready`; null where none does. */
  readonly words: string | null;
  /** What goes into their places. */
  readonly values: Record<string, string | number>;

  constructor(
    kind: ProblemKind,
    title: string,
    options: {
      detail?: string;
      errors?: ProblemError[];
      retryAfterSeconds?: number;
      words?: string;
      values?: Record<string, string | number>;
      cause?: unknown;
    } = {},
  ) {
    super(title, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.kind = kind;
    this.detail = options.detail ?? '';
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.words = options.words ?? null;
    this.values = options.values ?? {};
  }
}
