import {
  type DocumentNode,
  type GraphQLSchema,
  type GraphQLType,
  getNullableType,
  getOperationAST,
  type getVariableValues,
  isEnumType,
  isScalarType,
  isSpecifiedScalarType,
  type NamedTypeNode,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Selection } from '../../downstream/sparse.ts';
import type { RunOperation } from '../../request/ledger.ts';
import { selectedFields } from '../analysis/selected-fields.ts';
import { selectionOf } from '../analysis/selection.ts';
import { conditionsOf, type OperationPlan, planOperation, type Variables } from './operation-plan.ts';
import { compilePlan } from './response-builder.ts';

/** The result of graphql-js' coercion of variables. */
export type Coerced = ReturnType<typeof getVariableValues>;

/** The results that are computed once per operation instead of once per request. */
export interface Prepared extends RunOperation {
  readonly operation: OperationDefinitionNode;
  readonly selection: Selection;
  /** The plan for these variables, which differ only in the conditions of @skip and @include. */
  planFor(variables: Variables): OperationPlan;
  /** Whether generated code builds the responses. Generating it costs as much as several responses. */
  isCompiled: boolean;
  /** Whether coerced defaults may be kept: code of the client could change an object or a list. */
  readonly hasPlainDefaults: boolean;
  /** The coerced variables for requests without variables, set by the first of them. */
  defaults: Coerced | undefined;
}

/** Limits of the cache of ad-hoc operations: their number, and the characters of their documents. Registered ones do not count. */
export const MAX_PREPARED = 500;
const MAX_CHARACTERS = 2_000_000;

/** Most plans of registered operations, of which those with variables in @skip and @include have several. */
const MAX_REGISTERED_PLANS = 1_000;
/** Most fields in the plans of all ad-hoc operations. A field with generated code takes about half a kilobyte. */
const MAX_AD_HOC_FIELDS = 100_000;
/** Most fields of a plan for which code is generated. */
export const MAX_GENERATED_FIELDS = 5_000;

/** Plans by operation and values of its conditions. */
type Plans = LRUCache<string, OperationPlan>;

export type Preparation = ReturnType<typeof createPreparation>;

/** Prepares a schema's operations. The cache of ad-hoc operations is bounded in number and size. */
export function createPreparation(schema: GraphQLSchema) {
  const registered = new Map<OperationDefinitionNode, Prepared>();
  const adHoc = new LRUCache<OperationDefinitionNode, Prepared>({
    max: MAX_PREPARED,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_prepared, operation) => operation.loc?.source.body.length ?? MAX_CHARACTERS,
  });

  const registeredPlans: Plans = new LRUCache({ max: MAX_REGISTERED_PLANS });
  const adHocPlans: Plans = new LRUCache({
    maxSize: MAX_AD_HOC_FIELDS,
    maxEntrySize: MAX_AD_HOC_FIELDS,
    sizeCalculation: ({ size }) => size,
  });
  let operations = 0;

  return {
    /** Prepares an operation without eviction, and compiles it now or at its second use. */
    register(document: DocumentNode, { isCompiledNow }: { readonly isCompiledNow: boolean }): Prepared {
      const operation = getOperationAST(document);
      if (!operation) throw new Error('A registered document must have exactly one operation.');
      operations += 1;
      const prepared = prepare(schema, document, operation, true, registeredPlans, operations);
      prepared.isCompiled = isCompiledNow;
      // The values of variables in @skip and @include are not known yet: those plans follow at their first use.
      if (isCompiledNow && conditionsOf(document, operation).size === 0) compilePlan(prepared.planFor({}));
      registered.set(operation, prepared);
      return prepared;
    },

    /** Gets or prepares an operation of a validated document. Undefined if the document has no operation of this name. */
    of(document: DocumentNode, operationName: string | undefined): Prepared | undefined {
      const operation = getOperationAST(document, operationName);
      if (!operation) return undefined;
      const known = registered.get(operation) ?? adHoc.get(operation);
      if (known) {
        known.isCompiled = true;
        return known;
      }
      operations += 1;
      const prepared = prepare(schema, document, operation, false, adHocPlans, operations);
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
  plans: Plans,
  number: number,
): Prepared {
  let fields: ReadonlySet<string> | undefined;
  const conditions = [...conditionsOf(document, operation).keys()];
  return {
    operation,
    isRegistered,
    name: operation.name?.value,
    selection: selectionOf(schema, document, operation),
    isCompiled: false,
    hasPlainDefaults: (operation.variableDefinitions ?? []).every(({ type, defaultValue }) => {
      const known = typeFromAST(schema, type as NamedTypeNode);
      return !defaultValue || (known !== undefined && isPlainLeaf(getNullableType(known)));
    }),
    planFor(variables) {
      const key = `${number} ${conditions.map((name) => (variables[name] === true ? '1' : '0')).join('')}`;
      let plan = plans.get(key);
      if (!plan) {
        plan = planOperation(schema, document, operation, variables);
        plans.set(key, plan);
      }
      return plan;
    },
    defaults: undefined,
    get fields() {
      fields ??= selectedFields(schema, document, operation);
      return fields;
    },
  };
}

const isPlainLeaf = (type: GraphQLType): boolean =>
  isEnumType(type) || (isScalarType(type) && isSpecifiedScalarType(type));
