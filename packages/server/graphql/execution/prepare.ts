import {
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  type getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Selection } from '../../downstream/sparse.ts';
import type { RunOperation } from '../../request/ledger.ts';
import { selectedFields } from '../analysis/selected-fields.ts';
import { selectionOf } from '../analysis/selection.ts';
import { compileOperation, type Run } from './compile.ts';

/** The result of graphql-js' coercion of variables. */
export type Coerced = ReturnType<typeof getVariableValues>;

/** The results that are computed once per operation instead of once per request. */
export interface Prepared extends RunOperation {
  readonly operation: OperationDefinitionNode;
  readonly selection: Selection;
  /** The compiled operation. Undefined before its second use, and for operations that graphql-js has to execute. */
  run: Run | undefined;
  uses: number;
  /** The coerced variables for requests without variables, set by the first of them. */
  defaults: Coerced | undefined;
}

/** Limits of the cache of ad-hoc operations: their number, and the characters of their documents. Registered ones do not count. */
export const MAX_PREPARED = 500;
const MAX_CHARACTERS = 2_000_000;

/** Compiling costs as much as several runs, so an operation is compiled at its second use. */
const COMPILED_AT_USE = 2;

export type Preparation = ReturnType<typeof createPreparation>;

/** Prepares a schema's operations. The cache of ad-hoc operations is bounded in number and size. */
export function createPreparation(schema: GraphQLSchema) {
  const registered = new Map<OperationDefinitionNode, Prepared>();
  const adHoc = new LRUCache<OperationDefinitionNode, Prepared>({
    max: MAX_PREPARED,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_prepared, operation) => operation.loc?.source.body.length ?? MAX_CHARACTERS,
  });

  return {
    /** Prepares an operation without eviction, and compiles it now or at its second use. */
    register(document: DocumentNode, { isCompiledNow }: { readonly isCompiledNow: boolean }): Prepared {
      const operation = getOperationAST(document);
      if (!operation) throw new Error('A registered document must have exactly one operation.');
      const prepared = prepare(schema, document, operation, true);
      if (isCompiledNow) prepared.run = compileOperation(schema, document, operation);
      registered.set(operation, prepared);
      return prepared;
    },

    /** Gets or prepares an operation of a validated document. Undefined if the document has no operation of this name. */
    of(document: DocumentNode, operationName: string | undefined): Prepared | undefined {
      const operation = getOperationAST(document, operationName);
      if (!operation) return undefined;
      const known = registered.get(operation) ?? adHoc.get(operation);
      if (known) {
        known.uses += 1;
        if (known.uses === COMPILED_AT_USE) known.run ??= compileOperation(schema, document, operation);
        return known;
      }
      const prepared = prepare(schema, document, operation, false);
      adHoc.set(operation, prepared);
      return prepared;
    },

    /** The number of cached ad-hoc operations. */
    get size(): number {
      return adHoc.size;
    },
  };
}

function prepare(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  isRegistered: boolean,
): Prepared {
  let fields: ReadonlySet<string> | undefined;
  return {
    operation,
    isRegistered,
    name: operation.name?.value,
    selection: selectionOf(schema, document, operation),
    run: undefined,
    uses: 1,
    defaults: undefined,
    get fields() {
      fields ??= selectedFields(schema, document, operation);
      return fields;
    },
  };
}
