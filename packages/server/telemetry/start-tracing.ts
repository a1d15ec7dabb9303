import type { Logger } from './log.ts';
import type { ServiceUrls, Tracing, TracingSettings } from './tracing.ts';

/** Starts tracing; undefined without settings, so that no module of OpenTelemetry is loaded. */
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
