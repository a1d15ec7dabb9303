/**
 * @facet/testing: runs a BFF in a test, in front of fake services.
 *
 * Start fake services (`startFakeServices`) and the BFF (`startBff`), ask for a screen, and look at the calls that it made (`observe`).
 * `faults` has what may go wrong with a service. It works with every test runner.
 */

// The BFF under test
export { type Answer, type RunningBff, startBff } from './bff.ts';
// Fake services
export {
  type FakeRequest,
  type FakeRoute,
  type FakeRoutes,
  type FakeServices,
  rowsByKey,
  startFakeServices,
} from './fake-services.ts';
// Calls and waves
export { type Observed, observe } from './observe.ts';
export { faults } from './service-faults.ts';
// Services of your own handlers, such as Express apps
export {
  type ArrivedAtService,
  type Illness,
  type ServiceGroup,
  type ServiceHandler,
  startServiceGroup,
} from './service-group.ts';
export { until } from './until.ts';
export { recordWaves } from './waves.ts';
