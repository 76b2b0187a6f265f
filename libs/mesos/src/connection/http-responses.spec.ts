import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recorded } from '../codec/recordings.testing.js';
import { HttpResponses } from './http-responses.js';

describe('responses of pipelined requests', () => {
  const { head, body } = recorded('json', 'call-26-err-wrong-stream-id.response');
  const refused = `${head}\r\n\r\n${body.toString()}`;
  const wire = Buffer.from(
    `HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n${refused}HTTP/1.1 100 Continue\r\n\r\n` +
      'HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  );

  it('come out in order, whatever the chunking', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (sizes) => {
        const parser = new HttpResponses();
        const responses = [];
        for (let at = 0, turn = 0; at < wire.length; turn += 1) {
          const size = sizes[turn % sizes.length] as number;
          responses.push(...parser.push(wire.subarray(at, at + size)));
          at += size;
        }
        expect(responses).toEqual([
          { status: 202, body: '', last: false },
          { status: 400, body: body.toString(), last: false },
          { status: 503, body: 'abc', last: true },
        ]);
      }),
    );
  });

  it('refuses what is not HTTP', () => {
    expect(() => new HttpResponses().push(Buffer.from('hello\r\n\r\n'))).toThrow('not an HTTP response');
    expect(() => new HttpResponses().push(Buffer.alloc(70_000, 'a'))).toThrow('too long');
  });
});
