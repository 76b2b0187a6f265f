import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What Mesos is told of the framework and may change while it runs; what is not said is as the variables say. */
const schema = z.strictObject({
  roles: z.array(z.string().min(1)).min(1).optional(),
  labels: z.record(z.string().min(1), z.string()).optional(),
  webuiUrl: z.url({ protocol: /^https?$/ }).optional(),
  failoverTimeoutSeconds: z.int().min(0).max(31_536_000).optional(),
});

export type FrameworkFile = z.output<typeof schema>;

/** Throws an Error that says in one line what is wrong with the file. */
export function readFrameworkFile(path: string): FrameworkFile {
  const text = readFileSync(path, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is no JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path: at, message }) =>
    at.length === 0 ? message : `${at.join('.')}: ${message}`,
  );
  throw new Error(`${path}: ${problems.join('; ')}`);
}
