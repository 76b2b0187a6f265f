import type { KafkaMessage } from 'kafkajs';
import { expect, test } from 'vitest';
import { toReceived } from './message-headers.js';

const received = (headers: KafkaMessage['headers']) =>
  toReceived('topic', 3, {
    ...{ key: Buffer.from('key'), value: Buffer.from('value'), timestamp: '0', attributes: 0, offset: '7' },
    ...(headers ? { headers } : {}),
  });

test('a message of a relay has its source and its place there', () => {
  const headers = {
    'carillon-source': 'timer',
    'carillon-position': '700/9',
    'carillon-previous': '0/0',
    own: 'x',
  };
  expect(received(headers)).toMatchObject({
    ...{ key: 'key', offset: '7', source: 'timer', headers: { own: 'x' } },
    sourcePosition: { window: '700', position: '9' },
    previous: { window: '0', position: '0' },
  });
});

test.each([
  undefined,
  { 'carillon-source': 'timer' },
  { 'carillon-source': 'timer', 'carillon-position': '"700/9"' },
  { 'carillon-source': 'timer', 'carillon-position': '700' },
  { 'carillon-source': 'a\0b', 'carillon-position': '700/9' },
  { 'carillon-source': 'timer', 'carillon-position': ['700/9', '700/9'] },
  { 'carillon-source': 'timer', 'carillon-position': '700/9', 'carillon-previous': 'null' },
])('one with other headers is none of a relay: %j', (headers) => {
  expect(received(headers)).toBeUndefined();
});
