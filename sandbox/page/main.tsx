import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { loadConfig, type SandboxConfig } from './config.ts';
import { storageFor } from './storage.ts';

const root = document.getElementById('sandbox');
if (!root) throw new Error('There is no place for the sandbox in the page.');
const config = await loadConfig();
document.title = `${config.client} · Facet sandbox`;
createRoot(root).render(<Sandbox config={config} />);

/** GraphiQL for one client: a tab for each of its screens, with the identity header filled in. */
function Sandbox({ config: { client, identityHeader, exampleId, screens } }: { readonly config: SandboxConfig }) {
  const headers = JSON.stringify({ [identityHeader]: exampleId }, null, 2);
  const tabs = screens.map(({ text, variables }) => ({
    query: text,
    variables: JSON.stringify(variables, null, 2),
    headers,
  }));
  const storage = storageFor(client);
  const isFirstVisit = storage.length === 0;
  return (
    <GraphiQL
      // The schema itself is asked for as somebody, too.
      fetcher={createGraphiQLFetcher({ url: './graphql', headers: { [identityHeader]: exampleId } })}
      defaultHeaders={headers}
      defaultTabs={tabs}
      // The editors take the first tab's texts from here, until there is something stored.
      {...(isFirstVisit && tabs[0] ? { initialVariables: tabs[0].variables } : {})}
      shouldPersistHeaders
      storage={storage}
    >
      <GraphiQL.Logo>
        <strong>Facet</strong> {client}
      </GraphiQL.Logo>
    </GraphiQL>
  );
}
