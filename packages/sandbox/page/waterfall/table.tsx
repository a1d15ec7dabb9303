import type { ExplainedCall, Explanation } from '@facet/server/internal/http/sandbox/protocol.ts';
import type { CSSProperties } from 'react';
import { bytes, count, counted, milliseconds } from '../figures.ts';
import { useSession } from '../session.ts';
import { badgesOf, isCancelled } from './badges.ts';
import { type Scale, scaleOf } from './scale.ts';

/** A row per call, grouped by wave, with figures and a bar. */
export function WaterfallTable({ explanation }: { readonly explanation: Explanation }) {
  const { services } = useSession().config;
  const { calls, deadlineMs, leftOut } = explanation;
  const scale = scaleOf(explanation);
  const waves = Map.groupBy(calls, ({ wave }) => wave);
  return (
    <table
      className="facet-waterfall"
      aria-label="Calls of the last run"
      style={{ '--facet-step': `${scale.at(scale.ticks[1] ?? 0)}%` } as CSSProperties}
    >
      {leftOut > 0 && <caption>{counted(leftOut, 'more call')} not shown.</caption>}
      <thead>
        <tr>
          <th scope="col">service</th>
          <th scope="col">call</th>
          <th scope="col">keys</th>
          <th scope="col">details</th>
          <th scope="col">status</th>
          <th scope="col">size</th>
          <th scope="col">time</th>
          <th scope="col">
            <Axis scale={scale} deadlineMs={deadlineMs} />
          </th>
        </tr>
      </thead>
      {Array.from(waves, ([wave, inWave]) => (
        <tbody key={wave}>
          <WaveRow wave={wave} calls={inWave} scale={scale} />
          {inWave.map((call, index) => (
            <CallRow
              // biome-ignore lint/suspicious/noArrayIndexKey: the calls of a run do not change
              key={index}
              call={call}
              color={services.indexOf(call.service)}
              scale={scale}
              deadlineMs={deadlineMs}
            />
          ))}
        </tbody>
      ))}
      {calls.length === 0 && (
        <tbody>
          <tr>
            <td colSpan={8}>The request made no calls.</td>
          </tr>
        </tbody>
      )}
    </table>
  );
}

function Axis({ scale, deadlineMs }: { readonly scale: Scale; readonly deadlineMs: number }) {
  const showsDeadline = deadlineMs <= scale.endMs;
  const ticks = scale.ticks.filter((tick) => scale.at(tick) < (showsDeadline ? 95 : 70));
  return (
    <span className="facet-axis">
      <span className="facet-sr">timeline; the deadline is at {milliseconds(deadlineMs)}</span>
      <span aria-hidden="true">
        {ticks.map((tick) => (
          <i key={tick} style={{ left: `${scale.at(tick)}%` }}>
            {milliseconds(tick)}
          </i>
        ))}
        {showsDeadline ? (
          <i className="facet-deadline-label" style={{ left: `${scale.at(deadlineMs)}%` }}>
            deadline
          </i>
        ) : (
          <i className="facet-far">deadline {milliseconds(deadlineMs)} →</i>
        )}
      </span>
    </span>
  );
}

interface WaveProps {
  readonly wave: number;
  readonly calls: readonly ExplainedCall[];
  readonly scale: Scale;
}

/** The heading of a wave, with a bar from its first start to its last end. */
function WaveRow({ wave, calls, scale }: WaveProps) {
  const from = Math.min(...calls.map(({ startMs }) => startMs));
  const to = Math.max(...calls.map(({ endMs }) => endMs ?? scale.endMs));
  return (
    <tr className="facet-wave">
      <th scope="rowgroup" colSpan={7}>
        wave {wave}
      </th>
      <td>
        <span className="facet-track" aria-hidden="true">
          <span
            className="facet-span"
            style={{ left: `${scale.at(from)}%`, width: `${scale.at(to) - scale.at(from)}%` }}
          />
        </span>
      </td>
    </tr>
  );
}

interface CallProps {
  readonly call: ExplainedCall;
  /** Index of the service, which determines the colour. */
  readonly color: number;
  readonly scale: Scale;
  readonly deadlineMs: number;
}

function CallRow({ call, color, scale, deadlineMs }: CallProps) {
  const { service, endpoint, keys, startMs, status, cached, fields } = call;
  const endMs = call.endMs ?? scale.endMs;
  const paths = fields.join(', ');
  return (
    <tr className={`facet-call facet-service-${color % 5}`} data-failed={call.failure ?? undefined}>
      <th scope="row">
        <span className="facet-dot" />
        {service}
      </th>
      <td title={paths}>
        <code>{endpoint}</code> <small>{paths}</small>
      </td>
      <td>{keys === 0 ? 'list' : count(keys)}</td>
      <td>
        {badgesOf(call).map(({ text, tone }) => (
          <span key={text} className={`facet-chip ${tone === undefined ? '' : `facet-${tone}`}`}>
            {text}
          </span>
        ))}
      </td>
      <td>{status ?? ''}</td>
      <td>{status === null ? '' : bytes(call.bytes)}</td>
      <td>
        {cached ? '' : milliseconds(endMs - startMs)}
        <span className="facet-sr">, from {milliseconds(startMs)} on</span>
      </td>
      <td>
        <span className="facet-track" aria-hidden="true">
          <span
            className={`facet-bar-of-call ${cached ? 'facet-kept' : ''} ${isCancelled(call) ? 'facet-cut' : ''}`}
            style={{ left: `${scale.at(startMs)}%`, width: `${scale.at(endMs) - scale.at(startMs)}%` }}
          />
          {deadlineMs <= scale.endMs && (
            <span className="facet-deadline" style={{ left: `${scale.at(deadlineMs)}%` }} />
          )}
        </span>
      </td>
    </tr>
  );
}
