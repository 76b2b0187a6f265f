import { describe, expect, it } from 'vitest';
import { formatAddress, parseMasters, redirectTarget } from './address.js';

describe('addresses of masters', () => {
  it.each([
    ['m1', ['m1:5050']],
    ['m1:80', ['m1:80']],
    ['m1:5050, http://m2:5051/,[::1]:7', ['m1:5050', 'm2:5051', '[::1]:7']],
  ])('%s', (masters, expected) => {
    expect(parseMasters(masters).map(formatAddress)).toEqual(expected);
  });

  it.each(['', ' , ', 'https://m1:5050', 'user@m1'])('refuses %j', (masters) => {
    expect(() => parseMasters(masters)).toThrow();
  });

  it('reads the Location of a 307 as Mesos sends it', () => {
    expect(redirectTarget('//10.0.0.2:5250/master/api/v1/scheduler')).toEqual({
      host: '10.0.0.2',
      port: 5250,
    });
    expect(redirectTarget('http://m2:5050')).toEqual({ host: 'm2', port: 5050 });
    expect(redirectTarget('/elsewhere')).toBeUndefined();
    expect(redirectTarget(undefined)).toBeUndefined();
  });
});
