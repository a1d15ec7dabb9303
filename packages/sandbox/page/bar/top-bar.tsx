import { useSession } from '../session.ts';
import { CostOfQuery } from './cost.tsx';
import { Drills } from './drills.tsx';
import { IdentityPicker } from './identity.tsx';

/** The options of the next request: identity and drills, with the cost of the query. */
export function TopBar({ onIdentity }: { readonly onIdentity: (id: string) => void }) {
  const { config } = useSession();
  return (
    <header className="facet-bar">
      <h1>
        Facet <span>{config.client}</span>
      </h1>
      <IdentityPicker onPick={onIdentity} />
      <Drills />
      <CostOfQuery />
    </header>
  );
}
