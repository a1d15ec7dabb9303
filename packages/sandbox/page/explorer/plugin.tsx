import { type GraphiQLPlugin, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { ExplorerIcon } from '../icons.tsx';
import { documentOf, operationIn } from './edit.ts';
import { FieldsOf } from './tree.tsx';

export const EXPLORER_PLUGIN: GraphiQLPlugin = { title: 'Explorer', icon: ExplorerIcon, content: ExplorerPanel };

/** A tree of the schema, starting at the query type, in which a query is built by selecting fields. */
function ExplorerPanel() {
  const { schema, query, operationName, queryEditor } = useGraphiQL(({ tabs, activeTabIndex, ...state }) => ({
    schema: state.schema,
    query: tabs[activeTabIndex]?.query ?? '',
    operationName: tabs[activeTabIndex]?.operationName ?? null,
    queryEditor: state.queryEditor,
  }));
  const { updateActiveTabValues } = useGraphiQLActions();
  const document = documentOf(query);
  const operation = document && operationIn(document, operationName);
  const isUnclear = document !== undefined && document.definitions.length > 0 && !operation;
  const root = operation ? schema?.getRootType(operation.operation) : schema?.getQueryType();
  return (
    <section className="facet-panel" aria-label="Explorer">
      <h2>Explorer</h2>
      {!root && <p>Loading the schema…</p>}
      {(!document || isUnclear) && <p>The query in the editor has a syntax error. Fix it there first.</p>}
      {root && document && !isUnclear && (
        <FieldsOf
          type={root}
          path={[]}
          query={{ text: query, operationName }}
          onEdit={(text) => {
            queryEditor?.setValue(text);
            // The editor reports changes with a delay, but the checkbox must update immediately.
            updateActiveTabValues({ query: text });
          }}
        />
      )}
    </section>
  );
}
