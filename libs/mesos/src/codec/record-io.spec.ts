import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRecord, RecordDecoder } from './record-io.js';

describe('RecordIO', () => {
  it('gives the same records whatever the chunking', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
        (records, sizes) => {
          const bytes = Buffer.concat(records.map(encodeRecord));
          const decoder = new RecordDecoder(50);
          const decoded: Uint8Array[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = sizes[turn % sizes.length] as number;
            decoded.push(...decoder.push(bytes.subarray(at, at + size)));
            at += size;
          }
          expect(decoded.map((record) => Buffer.from(record))).toEqual(
            records.map((record) => Buffer.from(record)),
          );
          expect(decoder.atBoundary).toBe(true);
        },
      ),
    );
  });

  it('refuses a record over the limit before it is kept', () => {
    expect(() => new RecordDecoder(10).push(Buffer.from('11\n'))).toThrow('longer than the limit of 10');
    expect(() => new RecordDecoder(10).push(Buffer.from('999'))).toThrow('longer than the limit of 10');
  });

  it.each(['x\n', '-1\n', '\n', '1 \n'])('refuses a head that is no number: %j', (head) => {
    expect(() => new RecordDecoder(100).push(Buffer.from(head))).toThrow('in the length of a record');
  });

  it('knows when a record is half read', () => {
    const decoder = new RecordDecoder(100);
    decoder.push(Buffer.from('3\nab'));
    expect(decoder.atBoundary).toBe(false);
  });
});
