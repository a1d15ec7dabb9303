import type { SandboxScreen } from '@facet/server/internal/http/sandbox/protocol.ts';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { Kind, parse } from 'graphql';

/** The tab that contains the registered text of a screen. */
export function tabOf<Tab extends { readonly query: string | null }>(
  tabs: readonly Tab[],
  { text }: Pick<SandboxScreen, 'text'>,
): Tab | undefined {
  return tabs.find(({ query }) => query === text);
}

/** Returns a function that activates a screen's tab, or opens a new one, and makes the screen the operation to run. */
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
    // The editor computes these facts with a delay, but the screen may be run immediately.
    const documentAST = parse(text);
    const operations = documentAST.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
    setOperationFacts({ documentAST, operationName: name, operations });
  };
}
