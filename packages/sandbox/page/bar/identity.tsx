import { useId, useState } from 'react';
import { useSession } from '../session.ts';

const OTHER = '';

/** Selects the identity of the requests: an example user or partner, or any other id. */
export function IdentityPicker({ onPick }: { readonly onPick: (id: string) => void }) {
  const session = useSession();
  const { identityHeader, identities } = session.config;
  const { identity } = session.state;
  const isExample = identities.some(({ id }) => id === identity);
  const [isOther, setOther] = useState(!isExample);
  const select = useId();

  const pick = (id: string) => {
    session.set({ identity: id });
    onPick(id);
  };
  return (
    <div className="facet-field">
      <label htmlFor={select}>run as</label>
      <select
        id={select}
        title={`Sent as ${identityHeader}. Headers of the tab override it.`}
        value={isOther ? OTHER : identity}
        onChange={({ currentTarget: { value } }) => {
          setOther(value === OTHER);
          if (value !== OTHER) pick(value);
        }}
      >
        {identities.map(({ id, name, note }) => (
          <option key={id} value={id}>
            {name} · {id}
            {note === undefined ? '' : ` (${note})`}
          </option>
        ))}
        <option value={OTHER}>another id…</option>
      </select>
      {isOther && (
        <input
          aria-label={identityHeader}
          placeholder={identityHeader}
          defaultValue={identity}
          onChange={({ currentTarget }) => pick(currentTarget.value)}
          spellCheck={false}
          autoComplete="off"
        />
      )}
    </div>
  );
}
