import { bff } from '@facet/testing/internal/fixture/bffs/web/bff.ts';
import { expect, test } from '@jest/globals';
import { readSettings } from '../http/settings/settings.ts';

const read = (environment: Record<string, string>) => readSettings(environment, bff);

test.each([
  ['REQUEST_DEADLINE', '100', 'REQUEST_DEADLINE_MS'],
  ['REQUEST_DEADLINE_SECONDS', '3', 'REQUEST_DEADLINE_MS'],
  ['REQUEST_DEADLNE_MS', '100', 'REQUEST_DEADLINE_MS'],
  ['request_deadline_ms', '100', 'REQUEST_DEADLINE_MS'],
  ['SERVICE_TIMEOUT', '100', 'SERVICE_TIMEOUT_MS'],
  ['ENTITY_CACHE_MB', '64', 'ENTITY_CACHE_BYTES'],
  ['ENTITYCACHE_BYTES', '0', 'ENTITY_CACHE_BYTES'],
  ['MAX_INFLIGHT', '10', 'MAX_IN_FLIGHT'],
  ['ALLOWED_ORIGIN', 'https://app.example.com', 'ALLOWED_ORIGINS'],
  ['TRUSTED_PROXY', '10.0.0.7', 'TRUSTED_PROXIES'],
  ['MEMBER_URL', 'http://members.internal', 'MEMBERS_URL'],
  ['LIBRARY_URI', 'http://library.internal', 'LIBRARY_URL'],
  ['JWKS_URI', 'https://login.internal/jwks', 'JWKS_URL'],
  ['LOGLEVEL', 'debug', 'LOG_LEVEL'],
  ['LOG_LEVLE', 'debug', 'LOG_LEVEL'],
  ['METRIC_PORT', '9401', 'METRICS_PORT'],
  ['DOCUMENT', 'locked', 'DOCUMENTS'],
  ['INTROSPECTON', 'off', 'INTROSPECTION'],
  ['Port', '4002', 'PORT'],
  ['JWT_AUD', 'web', 'JWT_AUDIENCE'],
  ['JWT_ISS', 'https://login.internal', 'JWT_ISSUER'],
  ['PROT', '4002', 'PORT'],
  ['NODE_ENVIRONMENT', 'production', 'NODE_ENV'],
  ['TRUST_PROXY', '10.0.0.7', 'TRUSTED_PROXIES'],
  ['OTEL_TRACE_SAMPLER', 'always_on', 'OTEL_TRACES_SAMPLER'],
])('%s=%s is a misspelt %s', (name, value, meant) => {
  expect(() => read({ [name]: value })).toThrow(`${name}: there is no such setting. Did you mean ${meant}?`);
});

/** Variables that platforms, shells and other programs set. */
const OTHERS =
  `PATH HOME HOST HOSTNAME PWD OLDPWD USER USERNAME SHELL SHLVL TERM LANG LC_ALL TZ TMPDIR EDITOR PAGER DISPLAY
  LOGNAME MAIL COLORTERM _ POST SORT PORTAL CI DEBUG VERBOSE NO_COLOR FORCE_COLOR http_proxy https_proxy no_proxy HTTP_PROXY NO_PROXY
  NODE_OPTIONS NODE_PATH NODE_VERSION NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED UV_THREADPOOL_SIZE
  npm_config_cache npm_lifecycle_event npm_package_name npm_execpath INIT_CWD
  KUBERNETES_PORT KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT KUBERNETES_PORT_443_TCP_ADDR
  MEMBERS_PORT MEMBERS_SERVICE_HOST MEMBERS_SERVICE_PORT MEMBERS_PORT_3001_TCP LOANS_SERVICE_PORT_HTTP LIBRARY_PORT WEB_PORT MOBILE_SERVICE_HOST
  POD_NAME POD_NAMESPACE POD_IP NODE_NAME SERVICE_NAME SERVICE_PORT REDIS_URL REDIS_HOST DATABASE_URL SENTRY_DSN
  DYNO WEB_CONCURRENCY WEB_MEMORY HEROKU_APP_NAME K_SERVICE K_REVISION FUNCTION_TARGET GOOGLE_CLOUD_PROJECT
  AWS_REGION AWS_ACCESS_KEY_ID AWS_LAMBDA_FUNCTION_NAME ECS_CONTAINER_METADATA_URI WEBSITE_SITE_NAME FLY_REGION RENDER RAILWAY_ENVIRONMENT
  GITHUB_ACTIONS GITHUB_SHA GITLAB_CI CI_JOB_ID JENKINS_URL BUILD_NUMBER TRAVIS
  OTEL_LOG_LEVEL OTEL_METRICS_EXPORTER OTEL_LOGS_EXPORTER OTEL_PROPAGATORS OTEL_BLRP_SCHEDULE_DELAY OTEL_BLRP_MAX_QUEUE_SIZE
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE OTEL_BSP_EXPORT_TIMEOUT OTEL_EXPORTER_OTLP_METRICS_ENDPOINT OTEL_EXPORTER_OTLP_LOGS_ENDPOINT
  OTEL_EXPORTER_OTLP_TRACES_HEADERS OTEL_EXPORTER_OTLP_TRACES_TIMEOUT OTEL_EXPORTER_OTLP_INSECURE OTEL_METRIC_EXPORT_INTERVAL
  GATEWAY_PORT GATEWAY_BIND GATEWAY_LOG_LEVEL WEB_SERVERS HAPROXY PORT_OFFSET PUBLIC_URL DATA_FILE JWT_AUDIENCE_USERS
  JWT_AUDIENCE_PARTNERS JWT_KEY_1_ID JWT_LEEWAY_SECONDS RATE_SECONDS RATE_PER_USER CONNS_PER_ADDRESS REQUEST_TIMEOUT ANSWER_TIMEOUT
  JEST_WORKER_ID BFF_URL`.split(/\s+/);

test('variables of platforms and of other programs are nobody’s misspelling', () => {
  expect(OTHERS.length).toBeGreaterThan(110);
  expect(read(Object.fromEntries(OTHERS.map((name) => [name, 'anything'])))).toEqual(read({}));
});

test.each([
  ['SERVICE_TIMEOUT_MS', '2s', '"2s" is not a whole number of milliseconds. Did you mean 2000?'],
  ['DRAIN_MS', '1.5 min', '"1.5 min" is not a whole number of milliseconds. Did you mean 90000?'],
  ['DRAIN_MS', '1.5', '"1.5" is not a whole number of milliseconds.'],
  ['ENTITY_CACHE_BYTES', '64MB', '"64MB" is not a whole number of bytes. Did you mean 67108864?'],
  ['REQUEST_DEADLINE_MS', 'soon', '"soon" is not a whole number of milliseconds.'],
  ['REQUEST_DEADLINE_MS', '5', '"5" is too small; the minimum is 100.'],
  ['METRICS_PORT', '70000', '"70000" is too large; the maximum is 65535.'],
  ['MAX_UTILIZATION', 'high', '"high" is not a number.'],
  ['DOCUMENTS', 'Locked', '"Locked" is none of open, warn, locked. Did you mean locked?'],
  ['DOCUMENTS', 'looked', '"looked" is none of open, warn, locked. Did you mean locked?'],
  ['NODE_ENV', 'prod', '"prod" is none of production, development, test.'],
  ['METRICS', 'ture', '"ture" is neither true nor false. Did you mean true?'],
  ['NODE_ENV', ' production', 'the value begins or ends with white space. Remove it.'],
  ['PORT', '4002\n', 'the value begins or ends with white space. Remove it.'],
])('%s=%j is refused: %s', (name, value, problem) => {
  expect(() => read({ [name]: value })).toThrow(`\n  ${name}: ${problem}`);
});

test.each([
  [{ METRICS: 'off', METRICS_PORT: '9402' }, 'METRICS_PORT: METRICS is off. Unset one of them.'],
  [{ PORT: '4002', METRICS_PORT: '4002' }, 'METRICS_PORT: it equals PORT.'],
  [{ JWKS_URL: 'https://login.internal/jwks' }, 'JWKS_URL: tokens are verified only with IDENTITY=jwt.'],
])('%j cannot be meant', (environment, problem) => {
  expect(() => read(environment)).toThrow(problem);
});

test('all problems are told together', () => {
  expect(() => read({ PORT: 'x', REQUEST_DEADLINE: '1', METRICS: 'off', METRICS_PORT: '1' })).toThrow(
    /^These settings are wrong:\n {2}PORT: .*\n {2}REQUEST_DEADLINE: .*\n {2}METRICS_PORT: .*$/,
  );
});
