import { ClientError } from './client-error.js';

const SEGMENT = /^([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])$/;

/** A job id in a path; empty names between dots are dropped, as Metronome's binder does. */
export function jobIdParameter(text: string): string {
  const names = text.split('.').filter((name) => name !== '');
  if (names.length === 0 || !names.every((name) => SEGMENT.test(name))) {
    throw new ClientError(400, `Not a valid id: ${text}`);
  }
  return names.join('.');
}

const EMBEDS = ['activeRuns', 'schedules', 'history', 'historySummary'] as const;
type Embed = (typeof EMBEDS)[number];
export type Embeds = ReadonlySet<Embed>;

/** `embed`, repeated or separated by commas or both. */
export function embedParameter(raw: unknown): Embeds {
  if (raw === undefined) return new Set();
  const texts: unknown[] = Array.isArray(raw) ? raw : [raw];
  const names = texts.flatMap((text) => String(text).split(','));
  return new Set(
    names.map((name) => {
      const found = EMBEDS.find((embed) => embed === name);
      if (found) return found;
      throw new ClientError(400, `Unknown embed options. Valid options are: ${EMBEDS.join(', ')}`);
    }),
  );
}

/** A switch in a query, false unless told; the first value counts. */
export function booleanParameter(name: string, raw: unknown): boolean {
  const text: unknown = Array.isArray(raw) ? raw[0] : raw;
  if (text === undefined) return false;
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new ClientError(400, `Cannot parse parameter ${name} as Boolean: should be true, false, 0 or 1`);
}
