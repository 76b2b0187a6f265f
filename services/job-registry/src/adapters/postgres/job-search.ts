import type { JobFilter } from '@carillon/contracts';
import { streamOf } from '../../application/streams.js';
import { IN_FORCE } from './job-columns.js';

type Statement = [sql: string, values: unknown[]];

/** A page of the jobs that meet a filter. */
export interface JobSearch {
  /** Looks at the next jobs by id only: enough for what many of them meet, and cheap for what few do. */
  readonly near: Statement;
  /** Looks at all, through the indexes. Planned with its values: which serves best depends on how much they let through. */
  readonly all: Statement;
}

/** What so many of the next jobs do not fill a page with is rare enough for an index. */
const NEAR = 1000;
/** Sorts after every character of an id. */
const LAST = '~';

export function searchOf(
  { prefix = '', text = '', labels }: JobFilter,
  after: string,
  limit: number,
): JobSearch {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const range = [
    IN_FORCE,
    `stream > ${value(after)}`,
    ...(prefix === ''
      ? []
      : [`stream >= ${value(streamOf(prefix))} AND stream < ${value(streamOf(prefix + LAST))}`]),
  ].join(' AND ');
  const conditions = [
    'true',
    ...(text === '' ? [] : [`search LIKE ${value(containing(text.toLowerCase()))}`]),
    ...(Object.keys(labels).length === 0 ? [] : [`labels @> ${value(JSON.stringify(labels))}::jsonb`]),
  ].join(' AND ');
  const page = `ORDER BY stream LIMIT ${value(limit)}`;
  return {
    near: [
      `SELECT state AS job FROM (SELECT * FROM streams WHERE ${range} ORDER BY stream LIMIT ${NEAR}) near
       WHERE ${conditions} ${page}`,
      values,
    ],
    // Materialised, so that it is not taken for one that the order of ids finds soon; the states of the page only.
    all: [
      `WITH found AS MATERIALIZED (SELECT stream FROM streams WHERE ${range} AND ${conditions})
       SELECT s.state AS job FROM (SELECT stream FROM found ${page}) page JOIN streams s USING (stream) ORDER BY stream`,
      values,
    ],
  };
}

const containing = (text: string) => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
