import type { z } from 'zod';

/** One thing that is wrong with the configuration. `value` never shows a password. */
export interface ConfigProblem {
  readonly variable: string;
  readonly value: string | undefined;
  readonly rule: string;
}

/** Everything that is wrong with the configuration, at once. `runMain` prints it and exits with 78 (EX_CONFIG). */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(sentence).join('\n'));
    this.problems = problems;
  }
}

/**
 * The configuration that `schema` reads from the environment. The schema's keys are the names of variables; it may
 * transform them into whatever the service likes. Empty variables count as absent, as compose files set them so.
 * Throws a ConfigError that names every problem.
 */
export function loadConfig<T>(
  schema: z.ZodType<T>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): T {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(present);
  if (parsed.success) return Object.freeze(parsed.data);
  throw new ConfigError(
    parsed.error.issues.map((issue) => {
      const variable = String(issue.path[0] ?? 'environment'); // an item of a list is told by its rule
      return { variable, value: shown(variable, present[variable]), rule: issue.message };
    }),
  );
}

const sentence = ({ variable, value, rule }: ConfigProblem) =>
  value === undefined ? `${variable} is not set: ${rule}` : `${variable}="${value}": ${rule}`;

function shown(variable: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  return SECRET.test(variable) ? '***' : withoutPasswords(value);
}

const SECRET = /secret|password|token|key/i;

/** Text without the passwords of the URLs in it, also of those that are written wrongly. */
export function withoutPasswords(text: string): string {
  return text
    .replace(/:(?!\/\/)[^\s]*@/g, ':***@')
    .replace(/([?&]\w*(?:secret|password|token|key)\w*=)[^&\s]*/gi, '$1***');
}
