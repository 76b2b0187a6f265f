import { describe, expect, it } from 'vitest';
import { recorded } from '../codec/recordings.testing.js';
import { formatAddress, parseMasters, redirectTarget } from './address.js';

const plain = { host: 'm1', port: 5050, secure: false };
const secure = { ...plain, secure: true };

describe('addresses of masters', () => {
  it.each([
    ['m1', ['m1:5050']],
    ['m1:80', ['m1:80']],
    ['m1:5050, http://m2:5051/,[::1]:7', ['m1:5050', 'm2:5051', '[::1]:7']],
    ['https://m1,https://m2:443', ['m1:5050', 'm2:443']],
  ])('%s', (masters, expected) => {
    expect(parseMasters(masters).map(formatAddress)).toEqual(expected);
  });

  it('are secure if they say so, or by default', () => {
    const secured = (masters: string, byDefault: boolean) =>
      parseMasters(masters, byDefault).map((address) => address.secure);
    expect(secured('https://a,http://b,c', false)).toEqual([true, false, false]);
    expect(secured('https://a,http://b,c', true)).toEqual([true, false, true]);
  });

  it.each(['', ' , ', 'ftp://m1:5050', 'm1:5050/x y z:'])('refuses %j', (masters) => {
    expect(() => parseMasters(masters)).toThrow('expected host:port');
  });

  it('refuses credentials without repeating them', () => {
    expect(() => parseMasters('https://user:hunter2@m1')).toThrow(/^(?!.*hunter2)/);
  });

  it('reads the Location of a 307 as a real follower sent it', () => {
    const { head } = recorded('json', 'subscribe-at-follower.response');
    const location = /^Location: (.*)$/m.exec(head)?.[1]?.trim();
    expect(redirectTarget(location, plain)).toEqual({ host: '127.0.0.1', port: 5250, secure: false });
  });

  it('reads any Location of a 307', () => {
    const location = '//10.0.0.2:5250/master/api/v1/scheduler';
    expect(redirectTarget(location, plain)).toEqual({ host: '10.0.0.2', port: 5250, secure: false });
    expect(redirectTarget(location, secure)).toEqual({ host: '10.0.0.2', port: 5250, secure: true });
    expect(redirectTarget('http://m2:5050', secure)).toEqual({ host: 'm2', port: 5050, secure: true });
    expect(redirectTarget('https://m2', plain)).toEqual({ host: 'm2', port: 443, secure: true });
    expect(redirectTarget('/elsewhere', plain)).toBeUndefined();
    expect(redirectTarget(undefined, plain)).toBeUndefined();
  });
});
