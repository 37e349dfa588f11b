import type { AttributeFamily, AttributeValue } from '../../src/model/attribute.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import type { Study } from '../../src/store/studies.ts';
import type { Verbatim } from '../../src/verbatim.ts';

const DAY_MS = 86_400_000;

/**
 * A crowd whose differences are known, since they were planted: half are on Pro, of a few the plan is not known. People on
 * Pro are managers more often, older, and view reports; where they live and their colour have nothing to do with it. Some
 * order; whoever orders has mostly watched a demo in the week before.
 */
export async function plantCrowd(verbatim: Verbatim, { workspaceId }: Study, now: number, size = 300): Promise<void> {
  const random = mulberry32(11);
  const chance = (share: number) => random() < share;
  const one = <Item>(list: readonly Item[]): Item => list[Math.floor(random() * list.length)]!;
  const people: {
    externalId: string;
    attributes: { name: string; family: AttributeFamily; value: AttributeValue; source: string }[];
  }[] = [];
  const events: {
    externalId: string;
    messageId: string;
    name: string;
    occurredAt: string;
    properties: Record<string, unknown>;
  }[] = [];
  let messages = 0;
  const did = (externalId: string, name: string, days: number, properties: Record<string, unknown> = {}) => {
    messages += 1;
    const occurredAt = new Date(now - days * DAY_MS).toISOString();
    events.push({ externalId, messageId: `crowd ${messages}`, name, occurredAt, properties });
  };
  for (let person = 0; person < size; person += 1) {
    const externalId = `person ${person}`;
    const isPro = chance(0.5);
    const isKnown = person % 15 !== 0;
    const attributes: [string, AttributeFamily, AttributeValue][] = [
      ...(isKnown
        ? ([['plan', 'firmographic', isPro ? 'pro' : 'free']] as [string, AttributeFamily, AttributeValue][])
        : []),
      ['role', 'firmographic', chance(isPro ? 0.6 : 0.2) ? 'manager' : one(['designer', 'engineer'])],
      ['age', 'demographic', Math.round((isPro ? 42 : 36) + 16 * (random() - 0.5))],
      ['colour', 'other', one(['red', 'green', 'blue'])],
      ['email', 'other', `${externalId.replace(' ', '.')}@people.example`],
      ['newsletter', 'other', chance(0.5)],
    ];
    people.push({
      externalId,
      attributes: attributes.map(([name, family, value]) => ({ name, family, value, source: 'test' })),
    });
    did(externalId, 'Signed Up', 200 + 60 * random());
    for (let week = 1; week < 18; week += 1) if (chance(0.4)) did(externalId, 'Signed In', week * 7 + random());
    if (chance(isPro ? 0.7 : 0.25))
      did(externalId, 'Report Viewed', 1 + 25 * random(), { kind: one(['sales', 'team']) });
    const ordersAt = chance(0.3) ? 5 + 50 * random() : null;
    if (ordersAt !== null) did(externalId, 'Order Completed', ordersAt, { total: Math.round(100 * random()) });
    if (ordersAt !== null && chance(0.65)) did(externalId, 'Demo Watched', ordersAt + 0.5 + 6 * random());
    else if (chance(0.5)) did(externalId, 'Demo Watched', 80 * random());
  }
  await verbatim.intake.people(workspaceId, people);
  for (let from = 0; from < events.length; from += 500)
    await verbatim.intake.events(workspaceId, events.slice(from, from + 500));
  await verbatim.logs.settle();
}
