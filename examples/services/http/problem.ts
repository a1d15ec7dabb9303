import type { ErrorRequestHandler, RequestHandler } from 'express';

/** An error that becomes an RFC 9457 problem document. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;

  constructor(status: number, title: string, detail?: string) {
    super(detail ?? title);
    this.status = status;
    this.title = title;
  }
}

export const notFound = (): Problem => new Problem(404, 'Not Found', 'The resource does not exist.');

export const noSuchRoute: RequestHandler = () => {
  throw notFound();
};

/** Converts errors to problem documents. Unexpected errors become a 500 without details and are logged to standard error. */
export const answerProblem: ErrorRequestHandler = (error, _request, response, _next) => {
  const problem = toProblem(error);
  if (problem.status === 500) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  response
    .status(problem.status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(
      JSON.stringify({ type: 'about:blank', title: problem.title, status: problem.status, detail: problem.message }),
    );
};

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof URIError) return new Problem(400, 'Bad Request', 'The path is not well-formed.');
  return new Problem(500, 'Internal Server Error');
}
