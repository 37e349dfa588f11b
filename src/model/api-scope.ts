/** What a key may be let do, each with the role in the study that it acts by. */
export const API_SCOPES = {
  'aggregate:read': { role: 'viewer', label: 'Read the study and its counted answers, under the smallest cell' },
  'survey:read': { role: 'viewer', label: 'Read surveys as they are written' },
  'survey:write': { role: 'researcher', label: 'Write surveys: drafts and settings' },
  'survey:publish': { role: 'researcher', label: 'Publish surveys, open and close them' },
  submit: { role: 'researcher', label: 'Send responses in, and withdraw them by their receipt' },
  'responses:read': { role: 'researcher', label: 'Read single responses, with personal data in words masked' },
  'responses:write': { role: 'researcher', label: 'Mark responses, and leave them out of what counts' },
  export: { role: 'researcher', label: 'Take files of responses without what names people' },
  'people:read': { role: 'researcher', label: 'Read people and what is known of them' },
  'people:write': { role: 'researcher', label: 'Tell of people: attributes and events' },
  'hooks:read': { role: 'owner', label: 'Read what is told to other programs, and how it went' },
  'analysis:read': { role: 'researcher', label: 'Read runs, themes, scores, segments and typing tools' },
  'analysis:write': { role: 'researcher', label: 'Begin and cancel runs, accept what they find' },
  'interviews:read': { role: 'researcher', label: 'Read interviews, codes and memos' },
  'interviews:write': { role: 'researcher', label: 'Write interviews, codes and memos' },
  'report:read': { role: 'viewer', label: 'Read personas, insights and reports as viewers do' },
  'report:write': { role: 'researcher', label: 'Write insights, draw personas, make reports' },
} as const satisfies Record<string, { role: 'viewer' | 'researcher' | 'owner'; label: string }>;

export type ApiScope = keyof typeof API_SCOPES;
export const isApiScope = (text: string): text is ApiScope => Object.hasOwn(API_SCOPES, text);

/** No key opens anything for longer. */
export const API_KEY_DAYS_MAX = 365;
