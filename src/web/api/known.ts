import { z } from 'zod';
import {
  ATTRIBUTE_FAMILIES,
  ATTRIBUTE_TYPES,
  type AttributeFamily,
  type AttributeType,
} from '../../model/attribute.ts';
import type { FamilyOfAttributes } from '../../services/person-timeline.ts';
import { Time } from './operation.ts';

export const VALUE_MAX = 5_000;

/** What an attribute may hold. */
export const AttributeValueShape = z.union([
  z.string().max(VALUE_MAX),
  z.number(),
  z.boolean(),
  z.array(z.string().max(VALUE_MAX)).max(500),
]);
export const Family = z.enum(ATTRIBUTE_FAMILIES as [AttributeFamily, ...AttributeFamily[]]);
export const Type = z.enum(ATTRIBUTE_TYPES as [AttributeType, ...AttributeType[]]);

/** An attribute as it is now. */
export const Known = z
  .strictObject({
    name: z.string(),
    family: Family,
    value: AttributeValueShape,
    source: z.string().meta({ description: 'Who said so' }),
    at: Time,
  })
  .meta({ id: 'Attribute' });

export const knownIn = (families: readonly FamilyOfAttributes[]): z.input<typeof Known>[] =>
  families.flatMap(({ family, attributes }) =>
    attributes.map(({ name, now }) => ({ name, family, value: now.value, source: now.source, at: now.recordedAt })),
  );
