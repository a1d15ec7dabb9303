import type { SandboxScreen } from '@facet/server/internal/http/sandbox/protocol.ts';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { Kind, parse } from 'graphql';

/** The tab with a screen's text as it is registered. */
export function tabOf<Tab extends { readonly query: string | null }>(
  tabs: readonly Tab[],
  { text }: Pick<SandboxScreen, 'text'>,
): Tab | undefined {
  return tabs.find(({ query }) => query === text);
}

/** Shows a screen in its tab, or in a new one where nobody has it open unchanged; it is what a run would run from then on. */
export function useOpenScreen(): (screen: SandboxScreen) => void {
  const { tabs, activeTabIndex, queryEditor, variableEditor } = useGraphiQL((state) => ({
    tabs: state.tabs,
    activeTabIndex: state.activeTabIndex,
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
  }));
  const { addTab, changeTab, setOperationFacts, updateActiveTabValues } = useGraphiQLActions();

  return (screen) => {
    const { name, text, variables } = screen;
    const tab = tabOf(tabs, screen);
    if (tab) {
      const index = tabs.indexOf(tab);
      if (index !== activeTabIndex) changeTab(index);
    } else {
      const given = JSON.stringify(variables, null, 2);
      addTab();
      queryEditor?.setValue(text);
      variableEditor?.setValue(given);
      updateActiveTabValues({ query: text, variables: given, operationName: name });
    }
    // The editor works these out when nobody has typed for a moment, and a run would not wait for it.
    const documentAST = parse(text);
    const operations = documentAST.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
    setOperationFacts({ documentAST, operationName: name, operations });
  };
}
