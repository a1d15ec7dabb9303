import { InputError } from '../../command/input-error.ts';
import { truncate } from '../../request/truncate.ts';

/** An error code as clients know them: `FORBIDDEN`. */
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/**
 * Rejects a request from a hook (`onRequest`) or a route, with a status and a code of your own. The caller gets the message, the code and
 * the request id as a GraphQL error.
 *
 * @example
 * throw new RequestRejectedError(403, 'FORBIDDEN', 'This app version is no longer supported.');
 */
export class RequestRejectedError extends Error {
  /** HTTP status of the response, 400 to 599. */
  readonly status: number;
  /** `extensions.code` of the error. */
  readonly code: string;

  /** Throws an InputError for a status outside of 400 to 599, and for a code that is not in upper snake case. */
  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new InputError(`RequestRejectedError: the status ${status} is not a whole number from 400 to 599.`);
    }
    if (!CODE.test(code)) {
      throw new InputError(
        `RequestRejectedError: the code ${JSON.stringify(code)} is not in upper snake case (FORBIDDEN).`,
      );
    }
    super(truncate(message), options);
    this.status = status;
    this.code = code;
  }
}
