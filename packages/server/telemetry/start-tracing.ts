import type { Logger } from './log.ts';
import type { ServiceUrls, Tracing, TracingSettings } from './tracing.ts';

/** Undefined where traces are off: no module of OpenTelemetry is loaded then. */
export async function startTracing(
  settings: TracingSettings | undefined,
  client: string,
  services: ServiceUrls,
  log: Logger,
): Promise<Tracing | undefined> {
  if (!settings) return undefined;
  const { createTracing } = await import('./otel/tracing.ts');
  return createTracing(settings, client, services, log);
}
