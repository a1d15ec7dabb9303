import type { FaultKind, InjectedFault } from '@facet/server/internal/http/sandbox/protocol.ts';
import { useId, useState } from 'react';

const KINDS: readonly { readonly kind: FaultKind | undefined; readonly label: string }[] = [
  { kind: undefined, label: 'well' },
  { kind: 'slow', label: 'slow' },
  { kind: 'down', label: 'down' },
  { kind: 'rubbish', label: 'rubbish' },
];

const DEFAULT_MS = 800;
const MOST_MS = 60_000;

interface Props {
  readonly service: string;
  readonly drill: InjectedFault | undefined;
  readonly onChange: (drill: InjectedFault | undefined) => void;
}

/** How one service is: a choice, and how late it is where it is slow. */
export function DrillOfService({ service, drill, onChange }: Props) {
  const group = useId();
  const [ms, setMs] = useState(DEFAULT_MS);
  return (
    <fieldset className="facet-drill">
      <legend>{service}</legend>
      <div className="facet-choice">
        {KINDS.map(({ kind, label }) => (
          <label key={label}>
            <input
              type="radio"
              name={group}
              checked={drill?.kind === kind}
              onChange={() => onChange(kind && { service, kind, ms: kind === 'slow' ? ms : 0 })}
            />
            <span className="facet-kind">{label}</span>
          </label>
        ))}
      </div>
      <label className="facet-late">
        by
        <input
          type="number"
          aria-label={`How late ${service} is, in milliseconds`}
          min={0}
          max={MOST_MS}
          step={100}
          disabled={drill?.kind !== 'slow'}
          value={ms}
          onChange={({ currentTarget: { valueAsNumber } }) => {
            const late = Math.min(MOST_MS, Math.max(0, Math.round(valueAsNumber) || 0));
            setMs(late);
            onChange({ service, kind: 'slow', ms: late });
          }}
        />
        ms
      </label>
    </fieldset>
  );
}
