import type { JobFilter } from '@carillon/contracts';
import { prepared, type Prepared } from '@carillon/event-store';
import { streamOf } from '../../application/streams.js';
import { IN_FORCE } from './job-columns.js';
import { rarestPart } from './rarest-part.js';

export type JobSearch = [sql: string | Prepared, values: unknown[]];

/** A page that so many of the next jobs do not fill is one for the index of texts. */
const NEAR = 250;
/** Each more is a statement of its own, and planning a join of 150 takes seconds. */
const MOST_LABELS_JOINED = 4;
/** Sorts after every character of an id. */
const LAST = '~';

class Values {
  readonly all: unknown[] = [];

  /** The parameter by which a statement names it. */
  add(value: unknown): string {
    return `$${this.all.push(value)}`;
  }

  /**
   * The planner does not see it. Else it plans a statement anew for every value, having found that its guess of what a
   * pattern lets through is another each time, which took two thirds of a search.
   */
  unseen(value: unknown): string {
    return `(SELECT ${this.add(value)}::text)`;
  }
}

/** A page of the jobs that meet a filter, in the order of their ids. */
export function searchOf(filter: JobFilter, after: string, limit: number): JobSearch {
  const { text = '', prefix = '' } = filter;
  const values = new Values();
  const sql = statementOf(filter, after, values.add(limit), values);
  // Of a text below a prefix it depends on the prefix which index serves better: that one is planned each time.
  return [text !== '' && prefix !== '' ? sql : prepared(sql), values.all];
}

function statementOf(filter: JobFilter, after: string, most: string, values: Values): string {
  const { text = '', labels } = filter;
  if (text !== '') return byText(filter, text.toLowerCase(), after, most, values);
  return Object.keys(labels).length > 0
    ? byLabels(filter, after, most, values)
    : byId(filter, after, most, values);
}

function byId({ prefix }: JobFilter, after: string, most: string, values: Values): string {
  return `SELECT state AS job FROM streams WHERE ${IN_FORCE} AND ${range(values, 'stream', after, prefix)}
    ORDER BY stream LIMIT ${most}`;
}

/** The index of labels has the jobs of each in the order of their ids. */
function byLabels({ prefix, labels }: JobFilter, after: string, most: string, values: Values): string {
  return `
    SELECT s.state AS job
    FROM (SELECT l0.stream FROM ${withLabels(values, labels, after, prefix)} ORDER BY l0.stream LIMIT ${most}) page
    JOIN streams s USING (stream) ORDER BY stream`;
}

/**
 * Looks at the next jobs by id first: enough for a text that many of them have, and cheap for one that few have. Where that
 * does not fill the page, the index of texts is asked: in the same statement, for a second one costs as much again.
 */
function byText(filter: JobFilter, text: string, after: string, most: string, values: Values): string {
  return `
    WITH near AS MATERIALIZED (${nearby(filter, text, after, most, values)}),
    found AS MATERIALIZED (${found(filter, text, values)} AND (SELECT count(*) FROM near) < ${most})
    SELECT job FROM (
      SELECT stream, state AS job FROM near WHERE (SELECT count(*) FROM near) = ${most}
      UNION ALL ${pageOfFound(after, most, values)}
    ) jobs ORDER BY stream`;
}

function nearby(filter: JobFilter, text: string, after: string, most: string, values: Values): string {
  return `SELECT stream, state FROM (${nextOnes(filter, after, values)}) next
    WHERE search LIKE ${values.unseen(containing(text))} ORDER BY stream LIMIT ${most}`;
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
    `search LIKE ${values.unseen(containing(rarestPart(text)))}`,
    `search || '' LIKE ${values.unseen(containing(text))}`, // as no index knows it
    ...(Object.keys(labels).length > 0 ? [`labels @> ${values.unseen(JSON.stringify(labels))}::jsonb`] : []),
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

/** The streams of jobs with all of the labels, as `l0`: found by the first few, and of those the ones that have the others. */
function withLabels(
  values: Values,
  labels: Readonly<Record<string, string>>,
  after: string,
  prefix: string | undefined,
): string {
  const all = Object.entries(labels);
  const [first, ...others] = all
    .slice(0, MOST_LABELS_JOINED)
    .map(([name, value], index) => `l${index}.label = label_key(${values.add(name)}, ${values.add(value)})`);
  const joined = others.map(
    (condition, index) =>
      `JOIN job_labels l${index + 1} ON l${index + 1}.stream = l0.stream AND ${condition}`,
  );
  const rest =
    all.length > MOST_LABELS_JOINED
      ? ` AND (SELECT labels @> ${values.add(JSON.stringify(labels))}::jsonb FROM streams WHERE streams.stream = l0.stream)`
      : '';
  return `job_labels l0 ${joined.join(' ')} WHERE ${first} AND ${range(values, 'l0.stream', after, prefix)}${rest}`;
}

const containing = (text: string) => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
