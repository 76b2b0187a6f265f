import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameDecoder, JuteReader, JuteWriter } from './jute.js';

describe('frames', () => {
  it('are the same whatever the chunking', () => {
    const frame = fc.record({
      xid: fc.integer(),
      zxid: fc.bigInt({ min: 0n, max: 2n ** 62n }),
      path: fc.string(),
    });
    const chunks = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), chunks, (frames, sizes) => {
        const bytes = Buffer.concat(
          frames.map(({ xid, zxid, path }) => new JuteWriter().int(xid).long(zxid).string(path).frame()),
        );
        const decoder = new FrameDecoder();
        const read: unknown[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const size = sizes[turn % sizes.length] as number;
          for (const found of decoder.push(bytes.subarray(at, at + size))) {
            const reader = new JuteReader(found);
            read.push({ xid: reader.int(), zxid: reader.long(), path: reader.string() });
          }
          at += size;
        }
        expect(read).toEqual(frames);
      }),
    );
  });

  it('out of bounds are refused', () => {
    expect(() => new FrameDecoder().push(Buffer.from([0x7f, 0, 0, 0]))).toThrow('a frame of');
    expect(() => new FrameDecoder().push(Buffer.from([0xff, 0, 0, 0]))).toThrow('a frame of');
  });

  it('that end too early are refused', () => {
    expect(() => new JuteReader(Buffer.from([0, 0, 0, 9, 1])).string()).toThrow(RangeError);
    expect(() => new JuteReader(Buffer.from([0, 0])).int()).toThrow(RangeError);
    expect(() => new JuteReader(Buffer.from([0, 0, 9, 9])).strings()).toThrow(RangeError);
  });
});
