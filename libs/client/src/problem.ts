import type { Problem } from './generated/types.js';

/** The gateway said no (RFC 9457). `problem.code` is stable; `problem.problems` has the place of each broken rule. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title);
    this.status = status;
    this.problem = problem;
  }
}

/** The problem of an answer that is none of success. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const { status, statusText, url } = response;
  const text = await response.text();
  try {
    const problem = JSON.parse(text) as Partial<Problem>;
    if (typeof problem.title === 'string') return new ProblemError(status, problem as Problem);
  } catch {
    // a proxy in between answers in words of its own
  }
  const instance = new URL(url).pathname;
  return new ProblemError(status, {
    type: 'about:blank',
    title: statusText || 'Request failed',
    status,
    instance,
  });
}
