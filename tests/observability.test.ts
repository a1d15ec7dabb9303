import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { table } from '@facet/cli/internal/table.ts';
import { SharedCache } from '@facet/server/internal/downstream/cache/shared-cache/shared-cache.ts';
import { connectServices } from '@facet/server/internal/downstream/services.ts';
import { createApp } from '@facet/server/internal/http/app.ts';
import { readSettings } from '@facet/server/internal/http/settings/settings.ts';
import { createLog } from '@facet/server/internal/telemetry/log.ts';
import { MetricsPage } from '@facet/server/internal/telemetry/metrics-page.ts';
import { startBff } from '@facet/testing/internal/bff.ts';
import { MemoryStore } from '@facet/testing/internal/memory-store.ts';
import { figuresIn, namesIn } from '@facet/testing/internal/metrics.ts';
import { findPromtool, NO_PROMTOOL } from '@facet/testing/internal/promtool.ts';
import { until } from '@facet/testing/internal/until.ts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { bff as web } from '../bffs/web/bff.ts';
import { startReferenceServices } from '../examples/testing/reference-services.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const read = (page: string) => readFileSync(`${ROOT}docs/${page}`, 'utf8');
const ALERTS = `${ROOT}deploy/prometheus/alerts.yml`;

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly runbook: string };
}
const rules: readonly Rule[] = parse(readFileSync(ALERTS, 'utf8')).groups.flatMap(
  ({ rules: some }: { readonly rules: readonly Rule[] }) => some,
);

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets?: readonly { readonly expr: string }[];
}
const { panels }: { readonly panels: readonly Panel[] } = JSON.parse(
  readFileSync(`${ROOT}deploy/grafana/facet.json`, 'utf8'),
);
const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

const promtool = findPromtool();
if (promtool === undefined) test.todo(NO_PROMTOOL);

const page = new MetricsPage();
let text = '';
beforeAll(async () => {
  const settings = readSettings({}, web);
  const services = connectServices(settings.services);
  const log = createLog('web', 'silent');
  const sharedCache = new SharedCache(new MemoryStore(), settings.services, { waitMs: 20 }, log);
  createApp(web, settings, services, log, { metrics: page, sharedCache });
  text = (await page.read()).text;
});

/** Names of the metrics that an expression asks for; a histogram's series are those of one metric. */
function metricsIn(expression: string): string[] {
  return Array.from(expression.matchAll(/\b(?:facet|process|nodejs)_\w+/g), ([name]) =>
    namesIn(text).includes(name) ? name : name.replace(/_(bucket|sum|count)$/, ''),
  );
}

test('the metrics page lists every metric before the first request', () => {
  expect(page.collectors.length).toBeGreaterThan(20);
  for (const { name, help } of page.collectors) {
    expect(namesIn(text)).toContain(name);
    expect(help).toMatch(/^[A-Z1].*\.$/);
  }
  for (const { labels, read } of page.collectors) {
    for (const [labelled] of read()) expect(Object.keys(labelled)).toEqual(labels);
  }
  expect(
    figuresIn(text).get('facet_field_requests_total{field="Query.dashboard",client_name="",client_version=""}'),
  ).toBe(0);
});

if (promtool) {
  test('the page is as Prometheus wants it', () => {
    expect(promtool(['check', 'metrics'], text)).toEqual({ exitCode: 0, output: '' });
  });
}

test('docs/reference/metrics.md describes every metric of the page', () => {
  const rows = page.collectors
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ name, type, labels, help }) => [`\`${name}\``, type, labels.join(', '), help]);
  expect(read('reference/metrics.md')).toContain(table(['metric', 'type', 'labels', 'meaning'], rows));
});

describe('the alerts', () => {
  if (promtool) {
    test('are valid, and fire when they should', () => {
      expect(promtool(['check', 'rules', ALERTS]).exitCode).toBe(0);
      expect(promtool(['check', 'config', `${ROOT}deploy/prometheus/prometheus.yml`]).exitCode).toBe(0);
      expect(promtool(['test', 'rules', `${ROOT}deploy/prometheus/alerts.test.yml`]).exitCode).toBe(0);
    });
  }

  test.each(rules)(
    '$alert asks for what the page has, is tested, and the docs say what to do',
    ({ alert, expr, annotations }) => {
      for (const name of metricsIn(expr)) expect(namesIn(text)).toContain(name);
      expect(metricsIn(expr).length + Number(expr.startsWith('up{'))).toBeGreaterThan(0);
      expect(readFileSync(`${ROOT}deploy/prometheus/alerts.test.yml`, 'utf8')).toContain(`alertname: ${alert}\n`);
      expect(annotations.runbook).toBe(`docs/how-to/respond-to-alerts.md#${alert.toLowerCase()}`);
      expect(read('how-to/respond-to-alerts.md')).toContain(`\n## ${alert}\n`);
    },
  );
});

describe('the dashboard', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'facet-dashboard-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('asks for nothing that the page does not have, and for every metric of ours', () => {
    expect(expressions.length).toBeGreaterThan(20);
    const asked = new Set(expressions.flatMap(metricsIn));
    expect([...asked].filter((name) => !namesIn(text).includes(name))).toEqual([]);
    expect(page.collectors.map(({ name }) => name).filter((name) => !asked.has(name))).toEqual([]);
  });

  if (promtool) {
    test('has no expression that Prometheus cannot read', () => {
      const recording = expressions.map((expr, index) => ({
        record: `panel:${index}`,
        expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$job', '.+'),
      }));
      const file = join(folder, 'rules.json');
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules: recording }] }));
      expect(promtool(['check', 'rules', file]).exitCode).toBe(0);
    });
  }

  test('has its panels side by side, each with an id of its own', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.get(`${x} ${y}`)).toBeUndefined();
          taken.set(`${x} ${y}`, title);
        }
      }
    }
  });
});

test('the line in the docs is one of a real request', async () => {
  await using services = await startReferenceServices();
  await using running = await startBff(web, services.urls, { ENTITY_CACHE_BYTES: '1000000', LOG_LEVEL: 'info' });
  const isRequest = ({ msg }: Readonly<Record<string, unknown>>) => msg === 'request';
  for (const count of [1, 2]) {
    await running.screen('Dashboard');
    await until(() => running.logged.filter(isRequest).length === count);
  }
  const [, shown = ''] = /## Log\n[\s\S]*?```json\n([\s\S]*?)```/.exec(read('how-to/monitor.md')) ?? [];
  expect(Object.keys(JSON.parse(shown))).toEqual(Object.keys(running.logged.filter(isRequest)[1] ?? {}));
});
