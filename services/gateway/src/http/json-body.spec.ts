import type { FastifyRequest } from 'fastify';
import { describe, expect, test } from 'vitest';
import { array, string } from '../metronome/readers.js';
import { jsonLines } from './json-body.js';

const linesOf = (body?: Buffer) => jsonLines({ body } as FastifyRequest, array(string()));

describe('one value to a line', () => {
  test.each([
    ['"a"\n"café"\n', ['a', 'café']],
    ['\r\n "a" \r\n\t\n"b"', ['a', 'b']],
    ['\ufeff"a"\n', ['a']],
  ])('%j', (text, values) => expect(linesOf(Buffer.from(text))).toEqual(values));

  test.each([
    ['in latin-1', Buffer.from('"a"\n"café"\n', 'latin1'), /^Invalid Json: line 2: .*not valid/],
    [
      'with a line of bytes that are no text',
      Buffer.from('"a"\n\xa0\n', 'latin1'),
      /^Invalid Json: line 2: /,
    ],
    ['that is cut off', Buffer.from('"a"\n\n"b'), /^Invalid Json: line 3: /],
    [
      'of no bytes',
      Buffer.alloc(0),
      /^Invalid Json: No content to map .*; the empty list is \[\] as application/,
    ],
    ['that is absent', undefined, /^Invalid Json: No content to map/],
    ['of blank lines', Buffer.from('\n \r\n'), /^Invalid Json: No content to map/],
  ])('a body %s is refused', (_, body, message) => {
    expect(() => linesOf(body)).toThrow(
      expect.objectContaining({ status: 400, message: expect.stringMatching(message) }),
    );
  });
});
