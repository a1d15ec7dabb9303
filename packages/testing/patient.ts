/** Settings of a server under test: a busy machine must not make a request run out of time. */
export const PATIENT = {
  SERVICE_TIMEOUT_MS: '60000',
  REQUEST_DEADLINE_MS: '60000',
  BODY_TIMEOUT_MS: '60000',
  WRITE_TIMEOUT_MS: '60000',
} as const;
