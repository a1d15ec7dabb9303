import type { ExplainedCall } from '@facet/server/internal/http/sandbox/protocol.ts';
import { bytes, count, milliseconds } from '../figures.ts';
import { howOf, isCancelled } from './how.ts';
import type { Scale } from './scale.ts';

interface Props {
  readonly call: ExplainedCall;
  /** Place of its service among all: calls of one have one colour. */
  readonly color: number;
  readonly scale: Scale;
  readonly deadlineMs: number;
}

export function CallRow({ call, color, scale, deadlineMs }: Props) {
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
        {howOf(call).map(({ text, tone }) => (
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
