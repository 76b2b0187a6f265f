import { describe, expect, it } from 'vitest';
import { helpText, parseOptions } from './standalone.options.js';

describe('parseOptions', () => {
  it('has defaults', () => {
    expect(parseOptions([], {})).toEqual({
      kind: 'run',
      options: {
        jobs: [],
        port: 9000,
        data: './data',
        mesos: 'local',
        kafka: 'embedded',
        database: 'embedded',
      },
    });
  });

  it('prefers flags to the environment', () => {
    const parsed = parseOptions(['--port', '0', 'a', 'b'], { CARILLON_HTTP_PORT: '1', CARILLON_DATA: '/d' });
    expect(parsed).toMatchObject({ kind: 'run', options: { port: 0, data: '/d', jobs: ['a', 'b'] } });
  });

  it('reports all problems together, naming the option and its value', () => {
    const parsed = parseOptions(['--port', '99999', '--database', 'nonsense'], {});
    expect(parsed).toMatchObject({
      kind: 'wrong',
      problems: [
        expect.stringMatching(/^--port "99999"/),
        expect.stringMatching(/^--database "nonsense": is neither/),
      ],
    });
  });

  it('says the rule in words', () => {
    expect(parseOptions(['--port', 'abc', '--data', '', '--kafka', ''], {})).toEqual({
      kind: 'wrong',
      problems: [
        '--port "abc": must be a whole number from 0 to 65535',
        '--data "": must name a folder',
        '--kafka "": must be "embedded" or a list of host:port',
      ],
    });
    expect(parseOptions(['--port', ''], {})).toMatchObject({ kind: 'wrong' }); // not 0
  });

  it('takes an empty variable for none, and names the variable that is wrong', () => {
    const empty = { CARILLON_HTTP_PORT: '', CARILLON_DATA: '', CARILLON_KAFKA_BROKERS: '' };
    expect(parseOptions([], empty)).toEqual(parseOptions([], {}));
    expect(parseOptions([], { CARILLON_HTTP_PORT: 'abc' })).toEqual({
      kind: 'wrong',
      problems: ['CARILLON_HTTP_PORT="abc": must be a whole number from 0 to 65535'],
    });
  });

  it.each([
    [['--kafka', 'nonsense'], '--kafka "nonsense": must be'],
    [['--kafka', 'a:1,b:99999'], '--kafka "a:1,b:99999": must be'],
    [['--database', 'localhost:5432/carillon'], '--database "localhost:5432/carillon": is neither'],
    [['--database', 'mysql://u:s3cret@h/d'], '--database "mysql://u:***@h/d": is neither'],
    [['--mesos', 'zk://u:s3cret@h'], '--mesos "zk://u:***@h": '],
  ])('refuses %j before anything is started', (argv, words) => {
    expect(parseOptions(argv, {})).toMatchObject({
      kind: 'wrong',
      problems: [expect.stringContaining(words)],
    });
  });

  it('refuses an unknown option', () => {
    expect(parseOptions(['--prot', '1'], {})).toEqual({
      kind: 'wrong',
      problems: ["Unknown option '--prot'"],
    });
  });

  it('lists every option in the help', () => {
    expect(parseOptions(['--help'], {})).toEqual({ kind: 'help' });
    for (const flag of ['--port', '--data', '--mesos', '--kafka', '--database'])
      expect(helpText()).toContain(flag);
  });
});
