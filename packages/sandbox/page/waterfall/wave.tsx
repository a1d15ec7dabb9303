import type { ExplainedCall } from '@facet/server/internal/http/sandbox/protocol.ts';
import type { Scale } from './scale.ts';

interface Props {
  readonly wave: number;
  readonly calls: readonly ExplainedCall[];
  readonly scale: Scale;
}

/** The head of the calls of one wave, over the time in which they were under way. */
export function WaveRow({ wave, calls, scale }: Props) {
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
