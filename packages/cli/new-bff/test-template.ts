import { exampleRow, responseOf } from './example-rows.ts';
import type { Section, Starter } from './model.ts';
import { literal, quoted } from './print.ts';
import { variablesOf } from './screen.ts';

/** The test of a new client: its calls, and what is left of its screen when a service fails. */
export function testOf(starter: Starter): string {
  const { sections } = starter;
  const [first] = sections;
  return first === undefined ? WITHOUT_SECTIONS : withSections(starter, first);
}

const WITHOUT_SECTIONS = `import { startBff } from '@facet/testing';
import { expect, test } from '@jest/globals';
import { bff } from './bff.ts';

test('Start makes no calls', async () => {
  await using running = await startBff(bff, {});
  const { status, data, errors } = await running.screen('Start');
  expect({ status, errors }).toEqual({ status: 200, errors: [] });
  expect(data.start).toEqual({ hello: 'Hello' });
});
`;

function withSections(starter: Starter, { endpoint: { service } }: Section): string {
  const { sections } = starter;
  const needsVariables = variablesOf(starter).some((variable) => variable.default === undefined);
  const run = needsVariables ? "running.screen('Start', bff.examples['Start'])" : "running.screen('Start')";
  const failing = sections.filter(({ endpoint }) => endpoint.service === service);
  const calls = `${sections.length} call${sections.length === 1 ? '' : 's'}`;
  const shown = sections.map((section) => [section.name, [shownOf(starter, section)]]);
  return `import { faults, observe, startBff, startFakeServices } from '@facet/testing';
import { expect, test } from '@jest/globals';
import { bff } from './bff.ts';

${literal('const ROUTES = ', routesOf(starter), ';')}

test('Start makes ${calls} in 1 wave', async () => {
  await using services = await startFakeServices(ROUTES);
  await using running = await startBff(bff, services.urls);
  const { result, waves } = await observe(services, () => ${run});
  expect({ status: result.status, errors: result.errors }).toEqual({ status: 200, errors: [] });
${literal('  expect(waves).toEqual(', [sections.map(({ endpoint }) => endpoint.service).sort()], ');')}
${literal('  expect(result.data.start).toMatchObject(', Object.fromEntries(shown), ');')}
});

test('a failing service makes only its section${failing.length === 1 ? '' : 's'} null', async () => {
  await using services = await startFakeServices(ROUTES);
  await using running = await startBff(bff, services.urls);
  services.fail(${quoted(service)}, faults.status(500));
  const { status, data, errors } = await ${run};
  const isNull = Object.entries(data.start).map(([section, value]) => [section, value === null]);
  expect({ status, isNull: Object.fromEntries(isNull) }).toEqual({
    status: 200,
${literal('    isNull: ', Object.fromEntries(sections.map(({ name, endpoint }) => [name, endpoint.service === service])), ',')}
  });
  expect(errors.map(({ path, extensions }) => [path?.join('.'), extensions.code]).sort()).toEqual([
${failing
  .map(({ name }) => `start.${name}`)
  .sort()
  .map((path) => `    ['${path}', 'SERVICE_UNAVAILABLE'],\n`)
  .join('')}  ]);
});
`;
}

/** The routes of the fake services, with a row each. */
function routesOf(starter: Starter): Record<string, Record<string, unknown>> {
  const routes: Record<string, Record<string, unknown>> = {};
  for (const { type, endpoint } of starter.sections) {
    const [path = ''] = endpoint.endpoint.path.split('?');
    const ofService = routes[endpoint.service] ?? {};
    routes[endpoint.service] = {
      ...ofService,
      [path]: ofService[path] ?? responseOf(endpoint.endpoint, exampleRow(starter, type, endpoint.endpoint.rowKey)),
    };
  }
  return routes;
}

/** A field of the row as the screen shows it. */
function shownOf(starter: Starter, { type, endpoint }: Section): Record<string, unknown> {
  const row = exampleRow(starter, type, endpoint.endpoint.rowKey);
  const fields = starter.types.find(({ name }) => name === type)?.fields ?? [];
  const leaves = fields.flatMap((field) => (field.kind === 'property' && field.isLeaf && !field.isList ? [field] : []));
  const field = leaves.find(({ named }) => named === 'ID') ?? leaves[0];
  if (field === undefined) return {};
  const value = row[field.name];
  return { [field.name]: field.named === 'ID' || field.named === 'String' ? String(value) : value };
}
