import { ApolloProvider } from '@apollo/client/react';
import { useMemo, useState } from 'react';
import { clientFor } from './client.ts';
import { Home } from './home.tsx';
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
    <ApolloProvider client={client}>
      <Home key={userId} />
      <footer>
        <IdentityPicker userId={userId} onChange={become} />
      </footer>
    </ApolloProvider>
  );
}
