import type { Measured, SandboxScreen } from '@facet/server/internal/http/sandbox/protocol.ts';
import { count, milliseconds } from '../figures.ts';
import { useSession } from '../session.ts';

const NONE = '–';

interface Props {
  readonly screen: SandboxScreen;
  readonly measured: Measured | undefined;
}

/** What a screen may cost by its budget and the deadline, can cost at most, and took when it was run last. */
export function ScreenFigures({ screen: { name, budget, bound }, measured }: Props) {
  const { deadlineMs } = useSession().config;
  const rows = [
    { label: 'budget', figures: [budget?.calls, budget?.waves, budget?.rows], time: budget && deadlineMs },
    {
      label: 'at most',
      figures: [bound?.calls, bound?.waves, bound?.rows],
      time: bound && Math.min(bound.timeMs, deadlineMs),
    },
    { label: 'last run', figures: [measured?.calls, measured?.waves, undefined], time: measured?.totalMs },
  ];
  return (
    <table aria-label={`What ${name} costs`}>
      <thead>
        <tr>
          <td />
          <th scope="col">calls</th>
          <th scope="col">waves</th>
          <th scope="col">rows</th>
          <th scope="col">time</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ label, figures, time }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {figures.map((figure, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the columns stay where they are
              <td key={index}>{figure === undefined ? NONE : count(figure)}</td>
            ))}
            <td>{time === undefined ? NONE : milliseconds(time)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
