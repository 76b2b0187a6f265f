import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesArray, integerArray, jsonLines, textArray } from './array-parameters.js';
import { freshStore } from './test/fixture.js';

/** PostgreSQL has no NUL in its texts. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', '')),
  fc.constantFrom('', 'NULL', '"', '\\', '{}', 'a,b', ' a ', '\\"\n', '\\\\x'),
);

describe('arrays as parameters', () => {
  let fixture: Awaited<ReturnType<typeof freshStore>>;
  beforeAll(async () => {
    fixture = await freshStore();
  });
  afterAll(() => fixture.drop());

  const read = async (sql: string, parameter: unknown) => {
    const [row] = await fixture.database.query<{ found: unknown }>(`SELECT ${sql} AS found`, [parameter]);
    return row?.found;
  };
  const reads = <T>(values: fc.Arbitrary<T>, given: (values: T[]) => unknown, sql: string) =>
    fc.assert(
      fc.asyncProperty(fc.array(values, { minLength: 1, maxLength: 20 }), async (list) => {
        expect(await read(sql, given(list))).toEqual(list);
      }),
      { numRuns: 100 },
    );

  it('texts, with nulls among them, and one several times', async () => {
    await reads(fc.oneof(text, fc.constant(null)), textArray, '$1::text[]');
    await reads(
      text,
      (list) => textArray(list.flatMap((one) => [one, one])),
      `ARRAY(SELECT one FROM unnest($1::text[]) WITH ORDINALITY AS t (one, n) WHERE n % 2 = 0 ORDER BY n)`,
    );
  });

  it('integers and bytes', async () => {
    await reads(fc.integer({ min: -0x80000000, max: 0x7fffffff }), integerArray, '$1::int[]');
    await reads(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      bytesArray,
      '$1::bytea[]',
    );
  });

  it('JSON documents, a line each', async () => {
    const document = fc.record({ text, list: fc.array(fc.oneof(text, fc.integer())) });
    await reads(document, jsonLines, `to_json(string_to_array($1::text, E'\\n')::json[])`);
  });

  it('nothing', async () => {
    expect(await read('$1::text[]', textArray([]))).toEqual([]);
    expect(await read('$1::int[]', integerArray([]))).toEqual([]);
    expect(await read('$1::bytea[]', bytesArray([]))).toEqual([]);
  });
});
