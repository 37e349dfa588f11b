import { accountStore } from './accounts.ts';
import { analysisStore } from './analyses.ts';
import { contactStore } from './contacts.ts';
import type { Database } from './database.ts';
import { fieldFigureStore } from './field-figures.ts';
import { fieldworkStore } from './fieldwork.ts';
import { letterQueue } from './letter-queue.ts';
import { mailingStore } from './mailings.ts';
import { noteStore } from './notes.ts';
import { peopleStore } from './people.ts';
import { qualityFlagStore } from './quality-flags.ts';
import { responseDeskStore } from './response-desk.ts';
import { responseStore } from './responses.ts';
import { segmentStore } from './segments.ts';
import { studyStore } from './studies.ts';
import { surveyStore } from './surveys.ts';

/** The whole store over one database: a module per aggregate. */
export function openStore({ kysely, engine }: Database) {
  return {
    accounts: accountStore(kysely),
    studies: studyStore(kysely),
    surveys: surveyStore(kysely),
    people: peopleStore(kysely),
    fieldwork: fieldworkStore(kysely),
    fieldFigures: fieldFigureStore(kysely),
    responses: responseStore(kysely),
    responseDesk: responseDeskStore({ kysely, engine }),
    qualityFlags: qualityFlagStore({ kysely, engine }),
    notes: noteStore(kysely),
    analyses: analysisStore(kysely),
    segments: segmentStore(kysely),
    mailings: mailingStore(kysely),
    letterQueue: letterQueue(kysely),
    contacts: contactStore(kysely),
  };
}
export type Store = ReturnType<typeof openStore>;
