import { type GraphiQLPlugin, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { ExplorerIcon } from '../icons.tsx';
import { documentOf } from './edit.ts';
import { operationIn } from './place.ts';
import { FieldsOf } from './tree.tsx';

export const EXPLORER_PLUGIN: GraphiQLPlugin = { title: 'Explorer', icon: ExplorerIcon, content: ExplorerPanel };

/** The schema as a tree from the query type on, to put the query together by ticking fields. */
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
      {!root && <p>The schema is not there yet.</p>}
      {(!document || isUnclear) && <p>The query in the editor cannot be read; mend it there first.</p>}
      {root && document && !isUnclear && (
        <FieldsOf
          type={root}
          path={[]}
          query={{ text: query, operationName }}
          onEdit={(text) => {
            queryEditor?.setValue(text);
            // The editor tells of it when nobody has typed for a moment; a box is to be ticked at once.
            updateActiveTabValues({ query: text });
          }}
        />
      )}
    </section>
  );
}
