import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arbitraryMessage } from '../codec/codec.arbitrary.js';
import { eventTopics } from '../generated/types.js';
import { isPublicEventType, type PublicEventType } from './event.js';
import { asJsonMessage, encodeEvent } from './event-codec.js';

const folder = new URL('../../generated/schemas/', import.meta.url);
const types = Object.keys(eventTopics).filter(isPublicEventType);
const schemaOf = (type: string) =>
  JSON.parse(readFileSync(new URL(`${type}.json`, folder), 'utf8')) as object;
const meta = { eventId: 'e', time: 0, source: 'timer' };

it('has a schema for each public event and no other', () => {
  expect(readdirSync(folder).sort()).toEqual(types.map((type) => `${type}.json`).sort());
});

it.each(types)('the schema of %s describes what is published as JSON', (type) => {
  const validate = new Ajv2020({ strict: true }).compile(schemaOf(type));
  fc.assert(
    fc.property(arbitraryMessage<PublicEventType>(type), (data) => {
      const { value } = asJsonMessage(encodeEvent<PublicEventType>(type, data, meta));
      const json = JSON.parse(Buffer.from(value).toString()) as Record<string, unknown>;
      expect(validate(json) ? [] : validate.errors).toEqual([]);
      delete json['jobId'];
      expect(validate(json)).toBe(false);
    }),
    { numRuns: 30 },
  );
});
