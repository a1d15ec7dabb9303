import { z } from 'zod';
import { SAMPLERS, type TracingSettings } from '../../telemetry/tracing.ts';

const url = z.url({ protocol: /^https?$/ });
const count = z.coerce.number().int().min(1).max(1_000_000);
const milliseconds = z.coerce.number().int().min(1).max(600_000);

/** A variable that the OpenTelemetry SDK reads itself. It is declared for --help and the check for misspelt names. */
const elsewhere = (description: string) => z.string().optional().describe(description);

/** The standard variables of OpenTelemetry for traces (SDK configuration, OTLP exporter). */
export const tracingVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: url
    .optional()
    .describe('Address of the OTLP receiver; traces go to /v1/traces below it. Without it, tracing is off.'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url
    .optional()
    .describe('Address for traces, with its path; it overrides the one above.'),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(['http/json', 'http/protobuf'])
    .default('http/json')
    .describe('OTLP over HTTP. Traces are sent as JSON in either case.'),
  OTEL_EXPORTER_OTLP_HEADERS: elsewhere('Headers of exports, such as an API key: name=value, separated by commas.'),
  OTEL_EXPORTER_OTLP_TIMEOUT: elsewhere('Longest time for an export, in milliseconds; 10000 by default.'),
  OTEL_EXPORTER_OTLP_COMPRESSION: elsewhere('gzip compresses exports.'),
  OTEL_EXPORTER_OTLP_CERTIFICATE: elsewhere('File with the certificates of the receiver’s authority.'),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none']).default('otlp').describe('none switches tracing off.'),
  OTEL_SDK_DISABLED: z.stringbool().prefault('false').describe('true switches tracing off.'),
  OTEL_SERVICE_NAME: elsewhere('Name of this server in traces; facet-CLIENT by default.'),
  OTEL_RESOURCE_ATTRIBUTES: elsewhere('Further attributes of this server: name=value, separated by commas.'),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS)
    .default('parentbased_always_on')
    .describe(`Sampler: ${SAMPLERS.join(', ')}.`),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('Share of the requests that a ratio sampler traces, 0 to 1.'),
  OTEL_BSP_SCHEDULE_DELAY: milliseconds.default(5_000).describe('Longest time between exports, in milliseconds.'),
  OTEL_BSP_MAX_QUEUE_SIZE: count
    .default(2_048)
    .describe('Most spans that wait for an export; traces beyond it are dropped.'),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: count.default(512).describe('Most spans in one export.'),
};

/** The settings of tracing; undefined if it is off. */
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
