import { type JobSpec, type PlannedChange, plannedActionValues } from '@carillon/contracts';
import { z } from 'zod';
import { applyJobs } from '../../application/apply-jobs.js';
import { jsonStream } from '../../http/json-stream.js';
import { array, as, isObject, object, type Reader, reader } from '../../metronome/readers.js';
import { differences } from '../diff.js';
import { EXAMPLE_JOB } from '../examples.js';
import { flag, jobPrefix, labelSelector } from '../parameters.js';
import { NDJSON, type Route, route } from '../route.js';
import { planSchema, specsSchema } from '../schemas.js';
import { ownJobSpecReader } from '../spec/job.reader.js';
import { presentSpec } from '../spec/spec.presenter.js';

const PAGE = 500;

const specs = array(ownJobSpecReader, { max: 10_000 });
const document = as(object({ jobs: specs }, { next: reader({}, () => undefined) }), ({ jobs }) => jobs);
/** A list, or what an export gives. */
const listOfJobs: Reader<JobSpec[]> = reader(document.schema, (value, at, problems) =>
  isObject(value) ? document(value, at, problems) : specs(value, at, problems),
);

const presentChange = ({ jobId, action, before, spec, after }: PlannedChange) => ({
  jobId,
  action,
  revision: after?.revision ?? before?.revision ?? null,
  differences:
    action === 'update' && before && spec ? differences(presentSpec(before.spec), presentSpec(spec)) : [],
});

export const applyRoutes: readonly Route[] = [
  route({
    method: 'PUT',
    path: '/v2/jobs:apply',
    operationId: 'applyJobs',
    summary:
      'Makes the jobs those of a list (JSON, or one job to a line), all or none and in any order. With prune jobs that the list does not name are removed, below the prefix where one is given',
    query: z.object({
      dryRun: flag.optional().describe('Only says what would be done'),
      prune: flag.optional().describe('Removes jobs that the list does not name'),
      prefix: jobPrefix,
      stopRuns: flag
        .optional()
        .describe('Of jobs that are removed; else they are refused while they have some'),
    }),
    body: listOfJobs,
    example: { jobs: [EXAMPLE_JOB] },
    bodyIsList: true,
    answers: { 200: { description: 'What was, or would be, done', schema: planSchema } },
    problems: [409, 413, 415, 422],
    async handle({ query, body }, { backends }) {
      const { dryRun = false, prune = false, stopRuns = false, prefix } = query;
      const changes = await applyJobs(backends, { specs: body, dryRun, prune, stopRuns, prefix });
      const count = (wanted: string) => changes.filter(({ action }) => action === wanted).length;
      const counts = Object.fromEntries(plannedActionValues.map((action) => [action, count(action)]));
      return { body: { applied: !dryRun, counts, changes: changes.map(presentChange) } };
    },
  }),
  route({
    method: 'GET',
    path: '/v2/jobs:export',
    operationId: 'exportJobs',
    summary:
      'The definitions of all jobs by id, as :apply takes them: JSON, or one to a line with Accept: application/x-ndjson',
    query: z.object({ prefix: jobPrefix, label: labelSelector }),
    headers: z.object({ accept: z.string().optional() }),
    answers: {
      200: {
        description: 'Always in the same order',
        schema: specsSchema,
        also: { [NDJSON]: { type: 'string' } },
      },
    },
    async handle({ query, headers, reply }, { backends }) {
      const filter = {
        labels: query.label ?? {},
        ...(query.prefix === undefined ? {} : { prefix: query.prefix }),
      };
      async function* pages() {
        for (let after: string | undefined; ; ) {
          const request = { limit: PAGE, filter, ...(after === undefined ? {} : { after }) };
          const { jobs } = await backends.registry.listJobs(request);
          yield jobs.map(({ spec }) => JSON.stringify(presentSpec(spec)));
          after = jobs.at(-1)?.spec.id;
          if (jobs.length < PAGE) return;
        }
      }
      const lines = headers.accept?.includes(NDJSON) ?? false;
      await jsonStream(reply, pages(), lines ? { type: NDJSON } : { type: 'application/json', name: 'jobs' });
      return undefined;
    },
  }),
];
