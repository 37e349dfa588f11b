import { type Client, verbatimClient } from '../../../src/client/verbatim-client.ts';
import { API_SCOPES, type ApiScope } from '../../../src/model/api-scope.ts';
import type { Limits } from '../../../src/model/limits.ts';
import type { Study } from '../../../src/store/studies.ts';
import type { Operations } from '../../../src/web/api/operations.ts';
import { apiResources } from '../../../src/web/api/resources.ts';
import { type OpenHouse, openHouse } from '../../journeys/open-house.ts';
import { enterStudio, type Visitor } from '../../journeys/visitor.ts';

/** A whole Verbatim with a study and another one, an owner of both, and clients with keys. */
export type ApiHouse = {
  house: OpenHouse;
  owner: Visitor;
  ownerId: number;
  study: Study;
  other: Study;
  /** With every scope, for `study`. */
  client: Client;
  keyFor: (scopes: readonly ApiScope[], study?: Study) => Promise<string>;
  clientFor: (scopes: readonly ApiScope[], study?: Study) => Promise<Client>;
  operations: Operations;
  /** True where things are made in the other study, to see that they are not found from this one. */
  isElsewhere: boolean;
  close: () => Promise<void>;
};

export const ALL_SCOPES = Object.keys(API_SCOPES) as ApiScope[];

/** @param isPatient true where more is asked in a minute than programs may */
export async function openApiHouse({
  isPatient = false,
  limits = {},
  publicUrl = null,
}: {
  isPatient?: boolean;
  limits?: Partial<Limits>;
  publicUrl?: string | null;
} = {}): Promise<ApiHouse> {
  const house = await openHouse({
    limits: isPatient ? { apiRequestsPerMinute: 100_000, apiWrongKeysPerMinute: 100_000 } : limits,
    publicUrl,
  });
  const { researcher: owner } = await enterStudio(house);
  const { studies, store, apiKeys } = house.verbatim;
  const study = await studies.named('A study');
  await owner.post('/studio/new-study', { name: 'Another' });
  const other = await studies.named('Another');
  const ownerId = (await store.accounts.findByEmail('ada@example.org'))?.id ?? 0;
  const keyFor = async (scopes: readonly ApiScope[], of = study) =>
    (await apiKeys.add(of, { name: 'A program', scopes, days: '30' }, { userId: ownerId })).key;
  const clientFor = async (scopes: readonly ApiScope[], of = study) =>
    verbatimClient({ url: house.url, key: await keyFor(scopes, of), study: of.publicId });
  return {
    house,
    owner,
    ownerId,
    study,
    other,
    client: await clientFor(ALL_SCOPES),
    keyFor,
    clientFor,
    operations: apiResources({ verbatim: house.verbatim } as Parameters<typeof apiResources>[0]) as Operations,
    isElsewhere: false,
    close: house.close,
  };
}

/** The survey of the reference's examples, published in a study. */
export async function exampleSurvey({ client }: Pick<ApiHouse, 'client'>, operations: Operations): Promise<string> {
  const body = operations['addSurvey']?.example?.body as Parameters<Client['addSurvey']>[0]['body'];
  const { data } = await client.addSurvey({ body });
  await client.publishSurvey({ survey: data.id, body: { draftRevision: 1 } });
  return data.id;
}
