import { z } from 'zod';
import { SAMPLERS, type TracingSettings } from '../../telemetry/tracing.ts';

const url = z.url({ protocol: /^https?$/ });
const count = z.coerce.number().int().min(1).max(1_000_000);
const milliseconds = z.coerce.number().int().min(1).max(600_000);

/** What is read by the exporter and the SDK themselves, and stands here to be found. */
const elsewhere = (description: string) => z.string().optional().describe(description);

/** The standard variables of OpenTelemetry (SDK configuration, OTLP exporter) as far as they are for traces. */
export const tracingVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: url
    .optional()
    .describe('Where traces go, by OTLP over HTTP, at /v1/traces below it; without it there are none.'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url.optional().describe('The same, as a whole address for traces alone.'),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(['http/json', 'http/protobuf'])
    .default('http/json')
    .describe('OTLP over HTTP is all there is; it is sent as JSON, which receivers of either take.'),
  OTEL_EXPORTER_OTLP_HEADERS: elsewhere('Headers for that, such as a key: name=value, by comma.'),
  OTEL_EXPORTER_OTLP_TIMEOUT: elsewhere('Longest time for one export, in milliseconds; 10000 by default.'),
  OTEL_EXPORTER_OTLP_COMPRESSION: elsewhere('gzip to have exports compressed.'),
  OTEL_EXPORTER_OTLP_CERTIFICATE: elsewhere('File of certificates that the collector is trusted by.'),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none']).default('otlp').describe('none to have no traces all the same.'),
  OTEL_SDK_DISABLED: z.stringbool().prefault('false').describe('The same, by another name.'),
  OTEL_SERVICE_NAME: elsewhere('What this server is called in traces; facet-CLIENT by default.'),
  OTEL_RESOURCE_ATTRIBUTES: elsewhere('What else is said of it: name=value, by comma.'),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS)
    .default('parentbased_always_on')
    .describe(`Which requests are traced: ${SAMPLERS.join(', ')}.`),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Share of the requests that a sampler by ratio traces, 0 to 1.'),
  OTEL_BSP_SCHEDULE_DELAY: milliseconds.default(5_000).describe('Longest time between exports, in milliseconds.'),
  OTEL_BSP_MAX_QUEUE_SIZE: count.default(2_048).describe('Most spans that wait; traces without room are left out.'),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: count.default(512).describe('Most spans in one export.'),
};

/** What the parsed variables say of traces; undefined where there are to be none. */
export function tracingIn(data: z.infer<z.ZodObject<typeof tracingVariables>>): TracingSettings | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = data;
  const address = traces ?? (all === undefined ? undefined : `${all.replace(/(?<!\/)\/+$/, '')}/v1/traces`);
  if (address === undefined || data.OTEL_SDK_DISABLED || data.OTEL_TRACES_EXPORTER === 'none') return undefined;
  return {
    url: address,
    sampler: data.OTEL_TRACES_SAMPLER,
    ratio: data.OTEL_TRACES_SAMPLER_ARG,
    delayMs: data.OTEL_BSP_SCHEDULE_DELAY,
    maxQueue: data.OTEL_BSP_MAX_QUEUE_SIZE,
    maxBatch: data.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
  };
}
