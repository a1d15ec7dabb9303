import type { FaultKind, InjectedFault } from '@facet/server/internal/http/sandbox/protocol.ts';
import { type ToggleEvent, useId, useRef, useState } from 'react';
import { ChevronIcon } from '../icons.tsx';
import { useSession } from '../session.ts';

const MARGIN_PX = 12;

/** The menu that injects faults into the following requests of this page. */
export function Drills() {
  const session = useSession();
  const popover = useId();
  const button = useRef<HTMLButtonElement>(null);
  const { services } = session.config;
  const { drills } = session.state;

  const change = (service: string, drill: InjectedFault | undefined) => {
    const others = drills.filter((other) => other.service !== service);
    session.set({ drills: drill ? [...others, drill] : others });
  };
  /** Positions the popover below its button, within the window. */
  const position = ({ currentTarget: { style, offsetWidth } }: ToggleEvent<HTMLElement>) => {
    const { left = 0, bottom = 0 } = button.current?.getBoundingClientRect() ?? {};
    style.left = `${Math.max(0, Math.min(left, window.innerWidth - offsetWidth - MARGIN_PX))}px`;
    style.top = `${bottom + MARGIN_PX / 2}px`;
  };
  return (
    <div className="facet-field">
      <button
        type="button"
        ref={button}
        className={`facet-button ${drills.length > 0 ? 'facet-warns' : ''}`}
        popoverTarget={popover}
      >
        {drills.length === 0 ? 'Drills' : `Drill: ${drills.map(describeDrill).join(', ')}`}
        <ChevronIcon />
      </button>
      <section id={popover} popover="auto" className="facet-popover" aria-label="Drills" onToggle={position}>
        <p>Faults injected into the requests of this page. Other requests are not affected.</p>
        {services.map((service) => (
          <ServiceDrill
            key={service}
            service={service}
            drill={drills.find((drill) => drill.service === service)}
            onChange={(drill) => change(service, drill)}
          />
        ))}
        <button
          type="button"
          className="facet-button"
          disabled={drills.length === 0}
          onClick={() => session.set({ drills: [] })}
        >
          Reset all
        </button>
      </section>
    </div>
  );
}

export function describeDrill({ service, kind, ms }: InjectedFault): string {
  if (kind === 'slow') return `${service} ${ms} ms late`;
  return `${service} ${KINDS.find((option) => option.kind === kind)?.label ?? kind}`;
}

const KINDS: readonly { readonly kind: FaultKind | undefined; readonly label: string }[] = [
  { kind: undefined, label: 'healthy' },
  { kind: 'slow', label: 'slow' },
  { kind: 'down', label: 'down' },
  { kind: 'rubbish', label: 'invalid' },
];

const DEFAULT_MS = 800;
const MAX_MS = 60_000;

interface Props {
  readonly service: string;
  readonly drill: InjectedFault | undefined;
  readonly onChange: (drill: InjectedFault | undefined) => void;
}

/** The fault of one service, and the delay of a slow one. */
function ServiceDrill({ service, drill, onChange }: Props) {
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
          aria-label={`Delay of ${service} in milliseconds`}
          min={0}
          max={MAX_MS}
          step={100}
          disabled={drill?.kind !== 'slow'}
          value={ms}
          onChange={({ currentTarget: { valueAsNumber } }) => {
            const delayMs = Math.min(MAX_MS, Math.max(0, Math.round(valueAsNumber) || 0));
            setMs(delayMs);
            onChange({ service, kind: 'slow', ms: delayMs });
          }}
        />
        ms
      </label>
    </fieldset>
  );
}
