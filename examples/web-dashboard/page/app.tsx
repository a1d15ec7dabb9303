import { useMemo, useState } from 'react';
import { Provider } from 'urql';
import { clientFor } from './client.ts';
import { Dashboard } from './dashboard.tsx';
import { currentUser, IdentityPicker, rememberUser } from './identity.tsx';

export function App() {
  const [userId, setUserId] = useState(currentUser);
  // A new client per user, so that users do not share cached data.
  const client = useMemo(() => clientFor(userId), [userId]);
  const become = (id: string) => {
    rememberUser(id);
    setUserId(id);
  };
  return (
    <Provider value={client}>
      <header className="bar">
        <div className="bar-inner">
          <span className="brand">
            <Mark /> Marlow
          </span>
          <IdentityPicker userId={userId} onChange={become} />
        </div>
      </header>
      <Dashboard key={userId} />
    </Provider>
  );
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 16 16" aria-hidden="true">
      <rect width="16" height="16" rx="4" />
      <path d="M4 11.5v-7l4 4 4-4v7" />
    </svg>
  );
}
