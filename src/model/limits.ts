/** Sizes, rates and queues; going over one is a `Problem`. An operator sets them through the environment. */
export type Limits = {
  formBytes: number;
  uploadBytes: number;
  /** Of one recording beside an interview. */
  mediaBytes: number;
  importRows: number;
  queue: number;
  loginTries: number;
  loginMinutes: number;
  sessionHours: number;
  sessionIdleMinutes: number;
  respondentPostsPerMinute: number;
  /** Requests of programs from one network. */
  eventRequestsPerMinute: number;
  /** Messages of one source. */
  eventsPerMinute: number;
  /** Requests by one key of a program. */
  apiRequestsPerMinute: number;
  /** Wrong keys from one network; beyond it none is looked up. */
  apiWrongKeysPerMinute: number;
  smallestCell: number;
};
