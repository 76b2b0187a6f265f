import type { JobFilter } from '@carillon/contracts';
import { streamOf } from '../../application/streams.js';
import { IN_FORCE } from './job-columns.js';
import { rarestPart } from './rarest-part.js';

type Statement = [sql: string, values: unknown[]];

/** A page of the jobs that meet a filter. */
export interface JobSearch {
  /** Looks at the next jobs by id only: enough for a text that many of them have, and cheap for one that few have. */
  readonly near?: Statement;
  /** Looks at all. Planned with its values: which index serves best depends on how much they let through. */
  readonly all: Statement;
}

/** A page that so many of the next jobs do not fill is one for the index of texts. */
const NEAR = 250;
/** Sorts after every character of an id. */
const LAST = '~';

class Values {
  readonly all: unknown[] = [];

  /** The parameter by which a statement names it. */
  add(value: unknown): string {
    return `$${this.all.push(value)}`;
  }
}

export function searchOf(filter: JobFilter, after: string, limit: number): JobSearch {
  const { text = '', labels } = filter;
  if (text !== '') {
    const lower = text.toLowerCase();
    return { near: nearText(filter, lower, after, limit), all: allText(filter, lower, after, limit) };
  }
  return {
    all: Object.keys(labels).length > 0 ? byLabels(filter, after, limit) : byId(filter, after, limit),
  };
}

function byId({ prefix }: JobFilter, after: string, limit: number): Statement {
  const values = new Values();
  const sql = `SELECT state AS job FROM streams WHERE ${IN_FORCE} AND ${range(values, 'stream', after, prefix)}
    ORDER BY stream LIMIT ${values.add(limit)}`;
  return [sql, values.all];
}

/** The index of labels has the jobs of each in the order of their ids. */
function byLabels({ prefix, labels }: JobFilter, after: string, limit: number): Statement {
  const values = new Values();
  const sql = `
    SELECT s.state AS job
    FROM (SELECT l0.stream FROM ${withLabels(values, labels, after, prefix)}
          ORDER BY l0.stream LIMIT ${values.add(limit)}) page
    JOIN streams s USING (stream) ORDER BY stream`;
  return [sql, values.all];
}

function nearText({ prefix, labels }: JobFilter, text: string, after: string, limit: number): Statement {
  const values = new Values();
  const next =
    Object.keys(labels).length > 0
      ? `SELECT l0.stream FROM ${withLabels(values, labels, after, prefix)} ORDER BY l0.stream LIMIT ${NEAR}`
      : `SELECT stream FROM streams WHERE ${IN_FORCE} AND ${range(values, 'stream', after, prefix)}
         ORDER BY stream LIMIT ${NEAR}`;
  // One by one in that order, so that it ends where the page is full.
  const sql = `
    SELECT s.state AS job
    FROM (${next}) next,
      LATERAL (SELECT state, search FROM streams WHERE streams.stream = next.stream OFFSET 0) s
    WHERE s.search LIKE ${values.add(containing(text))} ORDER BY next.stream LIMIT ${values.add(limit)}`;
  return [sql, values.all];
}

/** The index is asked for one word: each more trigram of a common word costs it more than it saves. */
function allText({ prefix, labels }: JobFilter, text: string, after: string, limit: number): Statement {
  const values = new Values();
  const conditions = [
    IN_FORCE,
    `search LIKE ${values.add(containing(rarestPart(text)))}`,
    `search || '' LIKE ${values.add(containing(text))}`, // as no index knows it
    ...(Object.keys(labels).length > 0 ? [`labels @> ${values.add(JSON.stringify(labels))}::jsonb`] : []),
    ...(prefix === undefined || prefix === '' ? [] : [range(values, 'stream', '', prefix)]),
  ].join(' AND ');
  // Materialised: else it is taken for one that the order of ids finds soon. The states of the page only.
  const sql = `
    WITH found AS MATERIALIZED (SELECT stream FROM streams WHERE ${conditions})
    SELECT s.state AS job
    FROM (SELECT stream FROM found WHERE stream > ${values.add(after)}
          ORDER BY stream LIMIT ${values.add(limit)}) page
    JOIN streams s USING (stream) ORDER BY stream`;
  return [sql, values.all];
}

/** Those below the prefix that come after a stream. */
function range(values: Values, column: string, after: string, prefix = ''): string {
  const first = streamOf(prefix);
  const from = after >= first ? `${column} > ${values.add(after)}` : `${column} >= ${values.add(first)}`;
  return prefix === '' ? from : `${from} AND ${column} < ${values.add(first + LAST)}`;
}

/** The streams of jobs with all of the labels, as `l0`. */
function withLabels(
  values: Values,
  labels: Readonly<Record<string, string>>,
  after: string,
  prefix: string | undefined,
): string {
  const conditions = Object.entries(labels).map(
    ([name, value], index) =>
      `l${index}.label = json_build_array(${values.add(name)}::text, ${values.add(value)}::text)::text`,
  );
  const joined = conditions
    .slice(1)
    .map(
      (condition, index) =>
        `JOIN job_labels l${index + 1} ON l${index + 1}.stream = l0.stream AND ${condition}`,
    );
  return `job_labels l0 ${joined.join(' ')} WHERE ${conditions[0]} AND ${range(values, 'l0.stream', after, prefix)}`;
}

const containing = (text: string) => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
