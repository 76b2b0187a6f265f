import { describe, expect, it } from 'vitest';
import { databaseError } from './database-errors.js';

const coded = (code: string) => Object.assign(new Error(`connect ${code} 10.0.0.1:5432`), { code });

describe('databaseError', () => {
  it.each([
    ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'],
    ...['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'ENETRESET', 'EADDRNOTAVAIL'],
    ...['ENOBUFS', 'EMFILE', 'ENFILE'],
  ])('takes %s for a database that is away', (code) => {
    expect(databaseError(coded(code))).toMatchObject({ kind: 'unavailable', code: 'databaseUnavailable' });
  });

  it.each(['23505', '22P02', '42P01', 'EPROTO', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    'leaves %s as it is',
    (code) => {
      const error = coded(code);
      expect(databaseError(error)).toBe(error);
    },
  );
});
