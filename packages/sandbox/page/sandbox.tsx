import type { SandboxConfig } from '@facet/server/internal/http/sandbox/protocol.ts';
import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from '@graphiql/plugin-doc-explorer';
import { HISTORY_PLUGIN, HistoryStore } from '@graphiql/plugin-history';
import { GraphiQLProvider } from '@graphiql/react';
import { GraphiQL, GraphiQLInterface } from 'graphiql';
import { useState } from 'react';
import { TopBar } from './bar/top-bar.tsx';
import { EXPLORER_PLUGIN } from './explorer/plugin.tsx';
import { createFetcher } from './fetcher.ts';
import { SCREENS_PLUGIN } from './screens/plugin.tsx';
import { createSession, SessionContext } from './session.ts';
import { storageFor } from './storage.ts';
import { USAGE_PLUGIN } from './usage/plugin.tsx';
import { Dock } from './waterfall/dock.tsx';

const pluginsFor = ({ countsFields }: SandboxConfig) => [
  SCREENS_PLUGIN,
  DOC_EXPLORER_PLUGIN,
  EXPLORER_PLUGIN,
  ...(countsFields ? [USAGE_PLUGIN] : []),
  HISTORY_PLUGIN,
];

/** GraphiQL for one client, with the request options above it and the waterfall below. */
export function Sandbox({ config }: { readonly config: SandboxConfig }) {
  const [storage] = useState(() => storageFor(config.client));
  const [isFirstVisit] = useState(() => storage.length === 0);
  const [session] = useState(() => createSession(config, storage.getItem('identity') ?? config.exampleId));
  const [fetcher] = useState(() => createFetcher(session));
  const [plugins] = useState(() => pluginsFor(config));
  const tabs = config.screens.map(({ text, variables }) => ({
    query: text,
    variables: JSON.stringify(variables, null, 2),
  }));
  return (
    <SessionContext value={session}>
      <div className="graphiql-container facet">
        <GraphiQLProvider
          fetcher={fetcher}
          plugins={plugins}
          referencePlugin={DOC_EXPLORER_PLUGIN}
          defaultTabs={tabs}
          // These properties override stored values, so they are set only on the first visit.
          {...(isFirstVisit ? { visiblePlugin: SCREENS_PLUGIN } : {})}
          {...(isFirstVisit && tabs[0] ? { initialVariables: tabs[0].variables } : {})}
          inputValueDeprecation
          schemaDescription
          shouldPersistHeaders
          storage={storage}
        >
          <HistoryStore>
            <DocExplorerStore>
              <TopBar onIdentity={(id) => storage.setItem('identity', id)} />
              <GraphiQLInterface defaultEditorToolsVisibility="variables">
                <GraphiQL.Logo>{null}</GraphiQL.Logo>
              </GraphiQLInterface>
              <Dock />
            </DocExplorerStore>
          </HistoryStore>
        </GraphiQLProvider>
      </div>
    </SessionContext>
  );
}
