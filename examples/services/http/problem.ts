import type { ErrorRequestHandler, RequestHandler } from 'express';

/** An error that is answered as an RFC 9457 problem document. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;

  constructor(status: number, title: string, detail?: string) {
    super(detail ?? title);
    this.status = status;
    this.title = title;
  }
}

export const notFound = (): Problem => new Problem(404, 'Not Found', 'There is nothing here by that name.');

export const noSuchRoute: RequestHandler = () => {
  throw notFound();
};

/** Answers whatever a handler threw; what is not a Problem becomes a bare 500 and goes to standard error. */
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
