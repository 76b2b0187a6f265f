import { unavailable } from '@carillon/event-sourcing';
import { expect, it } from 'vitest';
import { databaseProblem } from './database-problem.js';

const url = 'postgresql://u:secret@db.example:5432/carillon';

it('says which database and why, and no password', () => {
  const refused = unavailable('databaseUnavailable', 'the database does not answer', new Error('refused'));
  expect(databaseProblem(url, refused)).toMatchObject({
    message: 'The database db.example:5432/carillon cannot be used: refused.',
  });
});

it('puts together what each address of a name answered', () => {
  const refused = new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')]);
  expect(databaseProblem(url, unavailable('databaseUnavailable', 'away', refused))).toMatchObject({
    message: expect.stringContaining('cannot be used: ::1 refused, 127.0.0.1 refused.') as string,
  });
});

it('knows what PostgreSQL itself says, and leaves everything else as it is', () => {
  const denied = Object.assign(new Error('password authentication failed'), { severity: 'FATAL' });
  expect(databaseProblem(url, denied)).toMatchObject({ code: 'databaseUnusable' });
  const bug = new Error('bug');
  expect(databaseProblem(url, bug)).toBe(bug);
  const other = unavailable('dataFolderLocked', 'locked', new Error('x'));
  expect(databaseProblem(url, other)).toBe(other);
});
