/** Users of the reference data with different currencies, and one that does not exist. */
const PEOPLE = [
  { id: 'u_42', name: 'Ada Lovelace', country: 'US' },
  { id: 'u_39', name: 'Carmen Mitchell-Pollich', country: 'GB' },
  { id: 'u_26', name: 'King Kovacek', country: 'FR' },
  { id: 'u_33', name: 'Jeanne Gerlach', country: 'JP' },
  { id: 'u_22', name: 'Lynne Ryan', country: 'KW' },
  { id: 'u_0', name: 'New user' },
] as const;

/** The user is in the URL, so that a reload shows the same page. */
const PARAMETER = 'user';

export function currentUser(): string {
  return new URL(location.href).searchParams.get(PARAMETER) ?? PEOPLE[0].id;
}

export function rememberUser(id: string): void {
  const url = new URL(location.href);
  url.searchParams.set(PARAMETER, id);
  history.replaceState(null, '', url);
}

interface Props {
  readonly userId: string;
  readonly onChange: (id: string) => void;
}

/** Replaces signing in, because the examples run without a gateway. */
export function IdentityPicker({ userId, onChange }: Props) {
  const isKnown = PEOPLE.some(({ id }) => id === userId);
  return (
    <label className="identity">
      <span>Signed in as</span>
      <select value={userId} onChange={(event) => onChange(event.target.value)}>
        {PEOPLE.map(({ id, name, ...more }) => (
          <option key={id} value={id}>
            {'country' in more ? `${name}, ${more.country}` : name}
          </option>
        ))}
        {!isKnown && <option value={userId}>{userId}</option>}
      </select>
    </label>
  );
}
