import {
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  type getVariableValues,
  type OperationDefinitionNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Selection } from '../downstream/sparse.ts';
import type { RunOperation } from '../request/ledger.ts';
import { fieldsAskedFor } from './analysis/asked-fields.ts';
import { compileOperation, type Run } from './compile.ts';
import { selectionOf } from './selection.ts';

/** Variables as getVariableValues has them. */
export type Coerced = ReturnType<typeof getVariableValues>;

/** All that is worked out once per operation, and not once per request. */
export interface Prepared extends RunOperation {
  readonly operation: OperationDefinitionNode;
  readonly selection: Selection;
  /** The compiled operation; undefined while it is not worth it, and where graphql-js has to do it. */
  run: Run | undefined;
  uses: number;
  /** Its coerced variables where the caller gives none, worked out at the first such run. */
  defaults: Coerced | undefined;
}

/** Prepared ad-hoc operations, and the characters of their documents together. Registered ones come on top. */
export const MAX_PREPARED = 500;
const MAX_CHARACTERS = 2_000_000;

/** Compiling costs as much as several runs, so whatever is asked for once is not compiled. */
const COMPILED_AT_USE = 2;

export type Preparation = ReturnType<typeof createPreparation>;

/** Prepares a schema's operations. What is held of ad-hoc ones is bounded in number and size. */
export function createPreparation(schema: GraphQLSchema) {
  const registered = new Map<OperationDefinitionNode, Prepared>();
  const adHoc = new LRUCache<OperationDefinitionNode, Prepared>({
    max: MAX_PREPARED,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_prepared, operation) => operation.loc?.source.body.length ?? MAX_CHARACTERS,
  });

  return {
    /** Prepares an operation for good; it is compiled now, or when it is asked for again. */
    register(document: DocumentNode, { isCompiledNow }: { readonly isCompiledNow: boolean }): Prepared {
      const operation = getOperationAST(document);
      if (!operation) throw new Error('A registered document has one operation.');
      const prepared = prepare(schema, document, operation, true);
      if (isCompiledNow) prepared.run = compileOperation(schema, document, operation);
      registered.set(operation, prepared);
      return prepared;
    },

    /** What is known of an operation of a validated document; undefined where it has none of this name. */
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

    /** How many ad-hoc operations are held. */
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
      fields ??= fieldsAskedFor(schema, document, operation);
      return fields;
    },
  };
}
