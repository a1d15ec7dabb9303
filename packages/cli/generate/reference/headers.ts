import { DEFAULT_IDENTITY_HEADER } from '../../identities.ts';

/** A request header that the server reads, or a response header that it sends. */
export interface DocumentedHeader {
  readonly name: string;
  /** `in` is read, `sent` goes to the services, `out` is on the response. */
  readonly direction: string;
  readonly meaning: string;
}

/** Every header with a meaning of its own. A test looks for each in the sources of the server. */
export const HEADERS: readonly DocumentedHeader[] = [
  {
    name: DEFAULT_IDENTITY_HEADER,
    direction: 'in, sent',
    meaning:
      'The caller, as the gateway sets it. `identity.header` of a client names another header. At most 128 characters that need no escaping.',
  },
  { name: 'Authorization', direction: 'in', meaning: "`Bearer` and the caller's token, with `IDENTITY=jwt`." },
  {
    name: 'X-Request-Id',
    direction: 'in, sent, out',
    meaning: 'Correlates a user action over every service and log. Generated when it is missing or unusable.',
  },
  {
    name: 'X-Request-Timeout-Ms',
    direction: 'in, sent',
    meaning: 'The time left in milliseconds. Services get what remains when the call is sent.',
  },
  { name: 'traceparent', direction: 'in, sent', meaning: 'W3C trace context. Each attempt is sent with its own.' },
  { name: 'tracestate', direction: 'in, sent', meaning: 'W3C trace context, unchanged.' },
  { name: 'baggage', direction: 'in, sent', meaning: 'W3C baggage, unchanged.' },
  {
    name: 'Accept-Language',
    direction: 'in',
    meaning: 'The locale of formatted amounts. en-US when no requested locale is available.',
  },
  {
    name: 'apollographql-client-name',
    direction: 'in',
    meaning: 'The calling app, for metrics and logs.',
  },
  { name: 'apollographql-client-version', direction: 'in', meaning: 'Its version, for metrics and logs.' },
  {
    name: 'apollo-require-preflight',
    direction: 'in',
    meaning: 'Any value allows a GET to /graphql: browsers send it to another origin only after a preflight.',
  },
  {
    name: 'x-apollo-operation-name',
    direction: 'in',
    meaning: 'The same as `apollo-require-preflight`.',
  },
  {
    name: 'X-Facet-Explain',
    direction: 'in',
    meaning: '`1` adds calls, waves and bounds to `extensions.facet`. Only with the sandbox.',
  },
  {
    name: 'X-Facet-Drill',
    direction: 'in',
    meaning: 'Faults to inject into the calls of this request, signed by the process. Only with the sandbox.',
  },
  { name: 'Server-Timing', direction: 'out', meaning: 'Duration of the request, and of the calls per service.' },
  { name: 'Retry-After', direction: 'out', meaning: 'Seconds to wait, with a 503.' },
  { name: 'WWW-Authenticate', direction: 'out', meaning: 'What is wrong with the token, with a 401.' },
];

/** Why each security header is sent, by its lower-case name. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': 'A browser that shows a response as a page loads and runs nothing, and no page frames it.',
  'cross-origin-opener-policy': "Pages of other origins cannot reach the sandbox's window.",
  'cross-origin-resource-policy': 'Pages of other origins cannot embed a response. CORS requests are not affected.',
  'referrer-policy': 'Browsers send the address of a screen to no other site.',
  'strict-transport-security': 'Browsers use HTTPS only. Sent in production only: it covers all ports of a host.',
  'x-content-type-options': 'Browsers do not guess another media type.',
};
