import type { JobFilter } from '@carillon/contracts';
import { streamOf } from '../../application/streams.js';
import { IN_FORCE } from './job-columns.js';
import { rarestPart } from './rarest-part.js';

/** Planned with its values: which index serves best depends on how much they let through. */
export type JobSearch = [sql: string, values: unknown[]];

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

/**
 * A page of the jobs that meet a filter, in the order of their ids: what the first of the statements finds that fills it, or
 * the last.
 */
export function searchesOf(filter: JobFilter, after: string, limit: number): JobSearch[] {
  const labelled = Object.keys(filter.labels).length > 0;
  if (filter.text === undefined || filter.text === '') {
    return [labelled ? byLabels(filter, after, limit) : byId(filter, after, limit)];
  }
  const text = filter.text.toLowerCase();
  // With labels more is planned than done, so that what the first may spare is kept out of it.
  return labelled
    ? [nearText(filter, text, after, limit), allText(filter, text, after, limit)]
    : [byText(filter, text, after, limit)];
}

function byId({ prefix }: JobFilter, after: string, limit: number): JobSearch {
  const values = new Values();
  const sql = `SELECT state AS job FROM streams WHERE ${IN_FORCE} AND ${range(values, 'stream', after, prefix)}
    ORDER BY stream LIMIT ${values.add(limit)}`;
  return [sql, values.all];
}

/** The index of labels has the jobs of each in the order of their ids. */
function byLabels({ prefix, labels }: JobFilter, after: string, limit: number): JobSearch {
  const values = new Values();
  const sql = `
    SELECT s.state AS job
    FROM (SELECT l0.stream FROM ${withLabels(values, labels, after, prefix)}
          ORDER BY l0.stream LIMIT ${values.add(limit)}) page
    JOIN streams s USING (stream) ORDER BY stream`;
  return [sql, values.all];
}

/**
 * Looks at the next jobs by id first: enough for a text that many of them have, and cheap for one that few have. Where that
 * does not fill the page, the index of texts is asked: in the same statement, for a second one costs as much again.
 */
function byText(filter: JobFilter, text: string, after: string, limit: number): JobSearch {
  const values = new Values();
  const most = values.add(limit);
  const sql = `
    WITH near AS MATERIALIZED (${nearby(filter, text, after, most, values)}),
    found AS MATERIALIZED (${found(filter, text, values)} AND (SELECT count(*) FROM near) < ${most})
    SELECT job FROM (
      SELECT stream, state AS job FROM near WHERE (SELECT count(*) FROM near) = ${most}
      UNION ALL ${pageOfFound(after, most, values)}
    ) jobs ORDER BY stream`;
  return [sql, values.all];
}

function nearText(filter: JobFilter, text: string, after: string, limit: number): JobSearch {
  const values = new Values();
  const near = nearby(filter, text, after, values.add(limit), values);
  return [`SELECT state AS job FROM (${near}) near ORDER BY stream`, values.all];
}

function allText(filter: JobFilter, text: string, after: string, limit: number): JobSearch {
  const values = new Values();
  const sql = `
    WITH found AS MATERIALIZED (${found(filter, text, values)})
    ${pageOfFound(after, values.add(limit), values)} ORDER BY stream`;
  return [sql, values.all];
}

function nearby(filter: JobFilter, text: string, after: string, most: string, values: Values): string {
  return `SELECT stream, state FROM (${nextOnes(filter, after, values)}) next
    WHERE search LIKE ${values.add(containing(text))} ORDER BY stream LIMIT ${most}`;
}

/** One by one in the order of their ids, so that it ends where the page is full. */
function nextOnes({ prefix, labels }: JobFilter, after: string, values: Values): string {
  if (Object.keys(labels).length === 0) {
    return `SELECT stream, search, state FROM streams WHERE ${IN_FORCE} AND ${range(values, 'stream', after, prefix)}
      ORDER BY stream LIMIT ${NEAR}`;
  }
  return `SELECT labelled.stream, s.search, s.state
    FROM (SELECT l0.stream FROM ${withLabels(values, labels, after, prefix)} ORDER BY l0.stream LIMIT ${NEAR}) labelled,
      LATERAL (SELECT search, state FROM streams WHERE streams.stream = labelled.stream OFFSET 0) s
    ORDER BY labelled.stream`;
}

/** The index is asked for one word: each more trigram of a common word costs it more than it saves. */
function found({ prefix, labels }: JobFilter, text: string, values: Values): string {
  const conditions = [
    IN_FORCE,
    `search LIKE ${values.add(containing(rarestPart(text)))}`,
    `search || '' LIKE ${values.add(containing(text))}`, // as no index knows it
    ...(Object.keys(labels).length > 0 ? [`labels @> ${values.add(JSON.stringify(labels))}::jsonb`] : []),
    ...(prefix === undefined || prefix === '' ? [] : [range(values, 'stream', '', prefix)]),
  ].join(' AND ');
  return `SELECT stream FROM streams WHERE ${conditions}`;
}

/** Of `found`, which is materialised: else it is taken for what the order of ids finds soon. The states of the page only. */
function pageOfFound(after: string, most: string, values: Values): string {
  return `
    SELECT s.stream, s.state AS job
    FROM (SELECT stream FROM found WHERE stream > ${values.add(after)} ORDER BY stream LIMIT ${most}) page
    JOIN streams s USING (stream)`;
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
