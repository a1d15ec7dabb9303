import { collectLog } from '@facet/testing/internal/collect-log.ts';
import { requestContext } from '@facet/testing/internal/request.ts';
import { expect, test } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { ServiceUnavailableError } from '../request/errors.ts';
import { toAnswerErrors } from './answer-error.ts';

test.each([
  ['its cause', new ServiceUnavailableError('members', new Error('ECONNREFUSED')), 'ECONNREFUSED'],
  ['itself without one', new ServiceUnavailableError('members'), 'The members service is unavailable.'],
])('the log has the cause of a failed call: %s', (_what, originalError, cause) => {
  const { log, logged } = collectLog();
  const error = new GraphQLError(originalError.message, { path: ['a'], originalError });
  toAnswerErrors({ data: { a: null }, errors: [error] }, requestContext(), log);
  expect(logged).toMatchObject([{ code: 'SERVICE_UNAVAILABLE', service: 'members', cause }]);
});
