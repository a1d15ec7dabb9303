import type { GraphiQLPlugin } from '@graphiql/react';
import { ScreensIcon } from '../icons.tsx';
import { useSession } from '../session.ts';
import { ScreenCard } from './card.tsx';

export const SCREENS_PLUGIN: GraphiQLPlugin = { title: 'Screens', icon: ScreensIcon, content: ScreensPanel };

/** The client's registered screens with their budgets, bounds and last runs. */
function ScreensPanel() {
  const { config } = useSession();
  return (
    <section className="facet-panel" aria-label="Screens">
      <h2>Screens</h2>
      <ul>
        {config.screens.map((screen) => (
          <li key={screen.name}>
            <ScreenCard screen={screen} />
          </li>
        ))}
      </ul>
    </section>
  );
}
