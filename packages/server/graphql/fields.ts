/** The vocabulary of fields as data, for the resolver maps of clients. */

export { list, page } from './fields/list.ts';
export { load } from './fields/load.ts';
export {
  connection,
  connectionFields,
  fromCursor,
  keyOf,
  nodeId,
  pageInfoFields,
  parseNodeId,
} from './fields/relay.ts';
export { resolver, screen } from './fields/resolver.ts';
export { always, arg, parent, viewer } from './fields/sources.ts';
export { amount, computed, money, numberIn, prop, text } from './fields/transforms.ts';
