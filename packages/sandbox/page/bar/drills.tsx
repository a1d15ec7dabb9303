import type { InjectedFault } from '@facet/server/internal/http/sandbox/protocol.ts';
import { type ToggleEvent, useId, useRef } from 'react';
import { ChevronIcon } from '../icons.tsx';
import { useSession } from '../session.ts';
import { DrillOfService } from './drill-of-service.tsx';

const MARGIN_PX = 12;

/** Which services are ill in the requests that follow. */
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
  /** Below its button, as far as there is room. */
  const place = ({ currentTarget: { style, offsetWidth } }: ToggleEvent<HTMLElement>) => {
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
        {drills.length === 0 ? 'Drills' : `InjectedFault: ${drills.map(inWords).join(', ')}`}
        <ChevronIcon />
      </button>
      <section id={popover} popover="auto" className="facet-popover" aria-label="Drills" onToggle={place}>
        <p>What goes wrong in the requests that you make from here. Nobody else&rsquo;s are touched.</p>
        {services.map((service) => (
          <DrillOfService
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
          All well again
        </button>
      </section>
    </div>
  );
}

export function inWords({ service, kind, ms }: InjectedFault): string {
  return kind === 'slow' ? `${service} ${ms} ms late` : `${service} ${kind}`;
}
