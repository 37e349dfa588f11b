import type { HookKind } from '../../model/outgoing-event.ts';
import { asana } from './asana.ts';
import { hubspot } from './hubspot.ts';
import { jira } from './jira.ts';
import type { Mapping } from './mapping.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';
import { trello } from './trello.ts';
import { webhook } from './webhook.ts';

/** Every kind of hook there is. */
export const MAPPINGS: Readonly<Record<HookKind, Mapping>> = { webhook, hubspot, slack, teams, jira, asana, trello };
