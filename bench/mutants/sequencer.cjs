// Runs suites in the order of SUITE_ORDER, one path per line.
const Sequencer = require('@jest/test-sequencer').default;

module.exports = class extends Sequencer {
  sort(tests) {
    const order = (process.env.SUITE_ORDER ?? '').split('\n');
    const place = ({ path }) => order.findIndex((suite) => path.endsWith(suite));
    return [...tests].sort((one, other) => place(one) - place(other));
  }
};
