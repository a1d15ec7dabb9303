/**
 * Names of semantic conventions that are not stable yet. They are copied, as the package's readme advises, because its entry for
 * them is one megabyte.
 */
export const ATTR_GRAPHQL_DOCUMENT = 'graphql.document';
export const ATTR_GRAPHQL_OPERATION_NAME = 'graphql.operation.name';
export const ATTR_GRAPHQL_OPERATION_TYPE = 'graphql.operation.type';
export const ATTR_HTTP_RESPONSE_BODY_SIZE = 'http.response.body.size';
export const ATTR_SERVICE_PEER_NAME = 'service.peer.name';
export const ATTR_URL_TEMPLATE = 'url.template';

/** Names without a semantic convention. */
export const FACET = {
  requestId: 'facet.request.id',
  cancelled: 'facet.cancelled',
  errors: 'facet.errors',
  wave: 'facet.wave',
  calls: 'facet.calls',
  endpoint: 'facet.endpoint',
  keys: 'facet.keys',
  staleKeys: 'facet.stale_keys',
  split: 'facet.batch.split',
  needed: 'facet.batch.needed',
  attempts: 'facet.attempts',
  shared: 'facet.shared',
  hedge: 'facet.hedge',
  fields: 'facet.fields',
  loads: 'facet.loads',
} as const;
