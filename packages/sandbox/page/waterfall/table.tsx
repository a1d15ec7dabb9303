import type { Explanation } from '@facet/server/internal/http/sandbox/protocol.ts';
import type { CSSProperties } from 'react';
import { counted, milliseconds } from '../figures.ts';
import { useSession } from '../session.ts';
import { CallRow } from './row.tsx';
import { type Scale, scaleOf } from './scale.ts';
import { WaveRow } from './wave.tsx';

/** Every call as a row, wave by wave, in figures and as a bar. */
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
      {leftOut > 0 && <caption>{counted(leftOut, 'more call')} are left out.</caption>}
      <thead>
        <tr>
          <th scope="col">service</th>
          <th scope="col">call</th>
          <th scope="col">keys</th>
          <th scope="col">how</th>
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
              // biome-ignore lint/suspicious/noArrayIndexKey: the calls of a run stay as they are
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
            <td colSpan={8}>It asked nothing of any service.</td>
          </tr>
        </tbody>
      )}
    </table>
  );
}

function Axis({ scale, deadlineMs }: { readonly scale: Scale; readonly deadlineMs: number }) {
  const isOnIt = deadlineMs <= scale.endMs;
  const ticks = scale.ticks.filter((tick) => scale.at(tick) < (isOnIt ? 95 : 70));
  return (
    <span className="facet-axis">
      <span className="facet-sr">timeline; calls are cut at {milliseconds(deadlineMs)}</span>
      <span aria-hidden="true">
        {ticks.map((tick) => (
          <i key={tick} style={{ left: `${scale.at(tick)}%` }}>
            {milliseconds(tick)}
          </i>
        ))}
        {isOnIt ? (
          <i className="facet-deadline-label" style={{ left: `${scale.at(deadlineMs)}%` }}>
            cut
          </i>
        ) : (
          <i className="facet-far">cut at {milliseconds(deadlineMs)} →</i>
        )}
      </span>
    </span>
  );
}
