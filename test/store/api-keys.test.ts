import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiScope } from '../../src/model/api-scope.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { plantRows } from '../support/plant-rows.ts';

describe.each(engines)('keys of the API on %s', (_, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  let count = 0;
  async function plant() {
    const { store, study, at } = await plantRows(engine.database);
    count += 1;
    const user = await store.accounts.add(
      { email: `key${count}@example.org`, name: 'Ada', passwordHash: '', isAdmin: false },
      { role: 'owner', studyId: study.id },
      at,
    );
    const key = await store.apiKeys.add({
      studyId: study.id,
      madeBy: user.id,
      name: 'A program',
      keyHash: `hash ${count}`,
      ending: 'abcd',
      scopes: ['submit'] satisfies ApiScope[],
      createdAt: at,
      expiresAt: '2027-01-01T00:00:00.000Z',
    });
    return { store, study, at, key };
  }

  test('a key is found by its hash, and ended in its own study alone, once', async () => {
    const { store, study, at, key } = await plant();
    const other = await plant();
    expect(await store.apiKeys.findByHash(key.keyHash)).toMatchObject({ id: key.id, maker: 'Ada', scopes: ['submit'] });
    expect(await store.apiKeys.findByHash('another')).toBeNull();
    expect(await store.apiKeys.end(other.study.id, key.publicId, at)).toBe(false);
    expect(await store.apiKeys.end(study.id, key.publicId, at)).toBe(true);
    expect(await store.apiKeys.end(study.id, key.publicId, at)).toBe(false);
    expect((await store.apiKeys.list(study.id)).map(({ endedAt }) => endedAt)).toEqual([at]);
  });

  test('one name is begun once per key, is free again once released, and is forgotten with its day', async () => {
    const { store, key, at } = await plant();
    const { key: second } = await plant();
    const begin = (keyId: number) => store.apiAnswers.begin(keyId, 'once', 'request', at);
    const outcomes = await Promise.all([begin(key.id), begin(key.id), begin(key.id)]);
    expect(outcomes.filter((outcome) => outcome === 'begun').length).toBe(1);
    expect(await begin(second.id)).toBe('begun');
    await store.apiAnswers.end(key.id, 'once', { status: 201, headers: '{}', body: 'sealed' });
    expect(await begin(key.id)).toMatchObject({ status: 201, body: 'sealed' });
    await store.apiAnswers.release(second.id, 'once');
    expect(await begin(second.id)).toBe('begun');
    await store.apiAnswers.forgetBefore('2100-01-01T00:00:00.000Z');
    expect(await begin(key.id)).toBe('begun');
  });
});
