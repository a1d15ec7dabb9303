import type { Description } from '@facet/server/internal/downstream/endpoint.ts';

/** An endpoint of shared/SERVICE/endpoints.ts. */
export interface NamedEndpoint {
  readonly service: string;
  /** The name under which shared/SERVICE/endpoints.ts exports it. */
  readonly name: string;
  readonly endpoint: Description;
}

/** What a starter shows of a project's services: the model that the templates print. */
export interface Starter {
  readonly sections: readonly Section[];
  readonly lookups: readonly Lookup[];
  readonly types: readonly ObjectType[];
  readonly enums: readonly EnumType[];
  /** Endpoints and properties that the starter leaves out, with the reasons: one sentence each. */
  readonly leftOut: readonly string[];
}

/** A section of the screen `Start`: the rows of a list endpoint. */
export interface Section {
  readonly name: string;
  readonly description: string | undefined;
  readonly endpoint: NamedEndpoint;
  readonly type: string;
  readonly arguments: readonly Argument[];
}

/** An argument of a section, which is sent as a query parameter. */
export interface Argument {
  readonly name: string;
  readonly parameter: string;
  /** Its GraphQL type, such as `Int!`. */
  readonly type: string;
  readonly default?: number;
  readonly range?: { readonly min: number; readonly max: number };
  /** A value to try it with. Arguments without a default or example are optional. */
  readonly example?: string | number | boolean;
}

/** A field of Query: a row of a batch endpoint by its key. */
export interface Lookup {
  readonly name: string;
  readonly description: string;
  readonly endpoint: NamedEndpoint;
  readonly type: string;
}

/** An object type: a row of a service, or an object in a row. */
export interface ObjectType {
  readonly name: string;
  readonly description: string | undefined;
  readonly row: RowType;
  readonly fields: readonly Field[];
}

/** The TypeScript type behind an object type. */
export type RowType =
  /** A type that rest.generated.ts of the service exports. */
  | { readonly of: 'component'; readonly service: string; readonly name: string }
  /** The row of an endpoint whose document does not name it. */
  | { readonly of: 'endpoint'; readonly endpoint: NamedEndpoint }
  /** An object in another row, or in an array there, without a name. */
  | { readonly of: 'property'; readonly parent: string; readonly property: string; readonly isList: boolean };

/** A field of an object type. */
export type Field = PropertyField | MoneyField | RelationField;

/** A property of the row, unchanged. */
export interface PropertyField {
  readonly kind: 'property';
  readonly name: string;
  readonly description: string | undefined;
  /** Its GraphQL type, such as `[OrderItem!]!`. */
  readonly type: string;
  /** The named type in it. */
  readonly named: string;
  /** Whether it is a scalar or an enum, so that it has no fields of its own. */
  readonly isLeaf: boolean;
  readonly isList: boolean;
  /** A value that the document allows, for a leaf. */
  readonly example: unknown;
}

/** An amount in minor units with its currency. */
export interface MoneyField {
  readonly kind: 'money';
  readonly name: string;
  readonly cents: string;
  readonly currency: string;
}

/** A row of another endpoint, whose key is a property of this row. */
export interface RelationField {
  readonly kind: 'relation';
  readonly name: string;
  readonly type: string;
  readonly property: string;
  readonly endpoint: NamedEndpoint;
}

/** An enum of a service's document. */
export interface EnumType {
  readonly name: string;
  readonly values: readonly string[];
}

/** Type names that a starter uses itself. */
export const RESERVED_TYPES: readonly string[] = [
  ...['Query', 'Mutation', 'Subscription', 'Start', 'Money', 'DateTime'],
  ...['ID', 'Int', 'Float', 'String', 'Boolean'],
];

/** Whether a name can be one of a field, an argument, a type or an enum value in GraphQL. */
export function isGraphQLName(name: string): boolean {
  return /^[_A-Za-z]\w*$/.test(name) && !name.startsWith('__');
}

/** A text with a capital first letter. */
export const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** A text with a small first letter. */
export const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1);

/** The words of a path or a name as one name: `order-items` becomes `orderItems`. Empty if it has no letter or digit. */
export function camelCase(text: string): string {
  const [first = '', ...others] = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return first + others.map(upperFirst).join('');
}
