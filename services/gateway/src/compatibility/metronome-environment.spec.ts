import { expect, test } from 'vitest';
import { metronomeEnvironment } from './metronome-environment.js';
import { metronomeVariables } from './metronome-variables.js';

test('what means the same has another name, in the units of Carillon', () => {
  expect(
    metronomeEnvironment({
      METRONOME_MESOS_MASTER_URL: 'http://m1:5050,m2:5050',
      METRONOME_FRAMEWORK_NAME: 'cron',
      METRONOME_HISTORY_COUNT: '20',
      METRONOME_MESOS_FAILOVER_TIMEOUT: '604800000',
      METRONOME_PLAY_SERVER_HTTP_PORT: '9000',
      METRONOME_GPU_SCHEDULING_BEHAVIOR: 'restricted',
      MARATHON_LOGGING_LEVEL: 'WARN',
      PATH: '/bin',
    }),
  ).toEqual({
    env: {
      CARILLON_MESOS_MASTER: 'm1:5050,m2:5050',
      CARILLON_FRAMEWORK_NAME: 'cron',
      CARILLON_HISTORY_COUNT: '20',
      CARILLON_FAILOVER_TIMEOUT_SECONDS: '604800',
      CARILLON_HTTP_PORT: '9000',
      CARILLON_GPUS: 'restricted',
      LOG_LEVEL: 'warn',
    },
    warnings: [],
  });
});

test('masters in ZooKeeper and credentials are taken as they are', () => {
  expect(
    metronomeEnvironment({
      METRONOME_MESOS_MASTER_URL: 'zk://zk1:2181,zk2:2181/mesos',
      METRONOME_MESOS_AUTHENTICATION_PRINCIPAL: 'cron',
      METRONOME_MESOS_AUTHENTICATION_SECRET_FILE: '/run/secret',
      METRONOME_WEB_UI_URL: 'https://cron.example',
    }),
  ).toEqual({
    env: {
      CARILLON_MESOS_MASTER: 'zk://zk1:2181,zk2:2181/mesos',
      CARILLON_MESOS_PRINCIPAL: 'cron',
      CARILLON_MESOS_SECRET_FILE: '/run/secret',
      CARILLON_WEBUI_URL: 'https://cron.example',
    },
    warnings: [],
  });
});

test('masters behind TLS are not spoken to without', () => {
  const url = 'https://m1:5050,https://m2:5050';
  for (const name of ['METRONOME_MESOS_MASTER_URL', 'MARATHON_MASTER']) {
    expect(metronomeEnvironment({ [name]: url }).env).toEqual({ CARILLON_MESOS_MASTER: url });
  }
});

test("Carillon's own name wins, then Metronome's, then Marathon's", () => {
  const both = { METRONOME_MESOS_ROLE: 'metronome', MARATHON_MESOS_ROLE: 'marathon' };
  expect(metronomeEnvironment(both).env).toEqual({ CARILLON_MESOS_ROLE: 'metronome' });
  expect(metronomeEnvironment({ ...both, CARILLON_MESOS_ROLE: 'own' }).env).toEqual({});
  const empty = { ...both, CARILLON_MESOS_ROLE: '' }; // as compose files set what is not set
  expect(metronomeEnvironment(empty).env).toEqual({ CARILLON_MESOS_ROLE: 'metronome' });
});

test('what has no effect says so and why, without its value', () => {
  const { env, warnings } = metronomeEnvironment({
    METRONOME_ZK_URL: 'zk://user:secret@zk:2181/metronome',
    METRONOME_PLAY_SERVER_HTTP_PORT: 'disabled',
    METRONOME_NO_SUCH_THING: 'x',
    METRONOME_WEB_UI_URL: '',
    MARATHON_APP_ID: '/carillon',
  });
  expect(env).toEqual({});
  expect(warnings).toEqual([
    'METRONOME_PLAY_SERVER_HTTP_PORT is ignored: its value has no meaning for CARILLON_HTTP_PORT.',
    'METRONOME_ZK_URL is ignored: state is in PostgreSQL (CARILLON_DATABASE_URL), there is no ZooKeeper.',
    'METRONOME_NO_SUCH_THING is ignored: Metronome has no such variable.',
  ]);
  expect(warnings.join()).not.toContain('secret');
});

const valueFor: Readonly<Record<string, string>> = {
  CARILLON_GPUS: 'restricted',
  CARILLON_HTTP_PORT: '8080',
  CARILLON_HISTORY_COUNT: '20',
  CARILLON_FAILOVER_TIMEOUT_SECONDS: '604800000',
  LOG_LEVEL: 'DEBUG',
};

test.each(metronomeVariables)('$name is used, or said to be ignored', (variable) => {
  const value = ('carillon' in variable && valueFor[variable.carillon]) || 'some-value';
  const { env, warnings } = metronomeEnvironment({ [variable.name]: value });
  if ('carillon' in variable) {
    expect([Object.keys(env), warnings]).toEqual([[variable.carillon], []]);
    expect(metronomeEnvironment({ [variable.name]: '' })).toEqual({ env: {}, warnings: [] });
  } else {
    expect([env, warnings]).toEqual([{}, [`${variable.name} is ignored: ${variable.ignored}.`]]);
  }
});

test('a switch of Marathon is on by being there, which is said; other empty variables are not set', () => {
  const given = { MARATHON_SUPPRESS_OFFERS: '', METRONOME_ZK_URL: '', MARATHON_HOSTNAME: '' };
  const { env, warnings } = metronomeEnvironment(given);
  expect([env, warnings]).toEqual([{}, [expect.stringMatching(/^MARATHON_SUPPRESS_OFFERS is ignored/)]]);
});

test('every variable is there once', () => {
  const names = metronomeVariables.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
