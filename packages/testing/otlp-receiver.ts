import { json, type LocalService, startLocalService } from './local-service.ts';
import { until } from './until.ts';

/** A value as OTLP has it in JSON (opentelemetry-proto, AnyValue). */
type AnyValue =
  | { readonly stringValue: string }
  | { readonly intValue: number | string }
  | { readonly doubleValue: number }
  | { readonly boolValue: boolean }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } };

interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly events: readonly { readonly name: string; readonly attributes: readonly KeyValue[] }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code: number };
}

/** An export (opentelemetry-proto, ExportTraceServiceRequest). */
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

export type Attributes = Readonly<Record<string, unknown>>;

/** A span as it arrived. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** '' for a root. */
  readonly parentSpanId: string;
  readonly traceState: string | undefined;
  readonly name: string;
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT';
  /** Microseconds since 1970. */
  readonly startUs: number;
  readonly endUs: number;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  /** Ids of the linked spans. */
  readonly links: readonly string[];
  readonly isError: boolean;
  readonly resource: Attributes;
}

export interface OtlpReceiver extends LocalService {
  readonly spans: readonly ReceivedSpan[];
  /** The spans of the only trace that has arrived, or of the one with this id, with its root or server span. */
  trace(traceId?: string): Promise<readonly ReceivedSpan[]>;
}

/** A collector that takes what an exporter posts by OTLP over HTTP, as JSON; anything else is refused. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const service = await startLocalService((request, response) => {
    const isExport =
      request.method === 'POST' &&
      request.url === '/v1/traces' &&
      request.headers['content-type'] === 'application/json';
    if (!isExport) {
      response.writeHead(400).end();
      return;
    }
    spans.push(...spansIn(JSON.parse(request.body) as Export));
    json(response, { partialSuccess: {} });
  });
  return Object.assign(service, {
    spans,
    async trace(traceId?: string) {
      const ofTrace = () => spans.filter((span) => span.traceId === (traceId ?? spans[0]?.traceId));
      await until(() => ofTrace().some(({ kind }) => kind === 'SERVER'));
      return ofTrace();
    },
  });
}

function spansIn({ resourceSpans }: Export): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap((scope) => scope.spans.map((span) => received(span, attributesOf(resource.attributes)))),
  );
}

const KINDS: Readonly<Record<number, ReceivedSpan['kind']>> = { 1: 'INTERNAL', 2: 'SERVER', 3: 'CLIENT' };
const STATUS_ERROR = 2;

function received(span: OtlpSpan, resource: Attributes): ReceivedSpan {
  const kind = KINDS[span.kind];
  if (kind === undefined) throw new Error(`There is no span of kind ${span.kind} here.`);
  const { traceId, spanId, parentSpanId = '', traceState, name, events, links, status } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    traceState,
    name,
    kind,
    startUs: Number(BigInt(span.startTimeUnixNano) / 1_000n),
    endUs: Number(BigInt(span.endTimeUnixNano) / 1_000n),
    attributes: attributesOf(span.attributes),
    events: events.map((event) => ({ name: event.name, attributes: attributesOf(event.attributes) })),
    links: links.map((link) => link.spanId),
    isError: status.code === STATUS_ERROR,
    resource,
  };
}

function attributesOf(list: readonly KeyValue[]): Attributes {
  return Object.fromEntries(list.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: AnyValue): unknown {
  if ('arrayValue' in value) return value.arrayValue.values.map(plain);
  if ('intValue' in value) return Number(value.intValue);
  return Object.values(value)[0];
}

/** Where each span stands in its trace, by the names from its topmost span down to it, sorted. */
export function pathsOf(spans: readonly ReceivedSpan[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const pathOf = ({ name, parentSpanId }: ReceivedSpan): string => {
    const parent = byId.get(parentSpanId);
    return parent ? `${pathOf(parent)} > ${name}` : name;
  };
  return spans.map(pathOf).sort();
}
