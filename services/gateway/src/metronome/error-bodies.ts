import { type CarillonError, isCarillonError } from '@carillon/event-sourcing';
import { httpStatusOf } from '@carillon/service-runtime';
import { ClientError } from './client-error.js';
import { type Problem, printProblems } from './problems.js';

export interface ErrorAnswer {
  readonly status: number;
  readonly body: object;
}

/** What was asked for: the path and the names in it. */
export interface Asked {
  readonly path: string;
  readonly jobId?: string | undefined;
  readonly scheduleId?: string | undefined;
  readonly runId?: string | undefined;
}

/** Every failure in Metronome's form; always with a `message`, which its own 500s lack. */
export function metronomeError(error: unknown, asked: Asked): ErrorAnswer {
  if (error instanceof ClientError) {
    const body = { message: escapeHtml(error.message), requestPath: escapeHtml(asked.path) };
    return { status: error.status, body };
  }
  const status = httpStatusOf(error);
  if (!isCarillonError(error)) {
    return { status, body: { message: 'Internal server error', requestPath: escapeHtml(asked.path) } };
  }
  return { status, body: bodyOf(error, asked) };
}

function bodyOf(error: CarillonError, asked: Asked): object {
  const problems = error.details['problems'];
  if (Array.isArray(problems)) {
    return { message: 'Object is not valid', details: printProblems(problems as Problem[]) };
  }
  // Which address does not answer is for the log.
  if (error.kind === 'unavailable') return { message: UNAVAILABLE };
  switch (error.code) {
    case 'jobNotFound':
      return { id: asked.jobId, message: 'Job not found' };
    case 'scheduleNotFound':
      return { id: asked.scheduleId, message: 'Schedule not found' };
    case 'runNotFound':
      return { jobSpec: asked.jobId, id: asked.runId, message: 'Job Run not found' };
    case 'jobExists':
      return { message: 'Job with this id already exists' };
    case 'activeRuns':
      return { message: 'There are active job runs. Override with stopCurrentJobRuns=true' };
    // Metronome lets the prefix of a Scala assertion through, and clients look for the rest.
    case 'onlyOneSchedule':
    case 'scheduleExists':
      return { message: `requirement failed: ${error.message}` };
    default:
      return { message: error.message };
  }
}

export const UNAVAILABLE = 'A part of Carillon that is needed does not answer. Try again in a moment.';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
};

/** A browser that shows the message must not find tags in it. */
const escapeHtml = (text: string) =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
