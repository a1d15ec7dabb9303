import type { ListEndpoint } from '../../downstream/endpoint.ts';
import type { Page } from '../../downstream/row-shape.ts';
import { CodedError, ErrorCode } from '../../request/errors.ts';
import type { FieldInfo } from '../../request/field-path.ts';
import { keyText } from '../../request/key.ts';
import { UnusableDataError } from '../answer-error.ts';
import type { Context } from '../context.ts';
import { type Field, withPlan, withValue } from '../plan.ts';
import { type ArgumentsOf, type NoOthers, type Params, type ParentsOf, pageLoader } from './list.ts';
import { noteStale } from './load.ts';
import { type Scalar, type Source, through } from './sources.ts';

/** The parent of a connection's fields. Each selected field awaits the page. */
export interface Connection<Row> {
  readonly page: Promise<Page<Row>>;
  readonly rowKey: string;
}

/** An item of a connection. */
export interface Edge<Row> {
  readonly cursor: string;
  readonly node: Row;
}

/** The plan of a field that reads only the Connection object. */
const NO_READS = { reads: [], calls: [] };

const FRAMEWORK = { kind: 'framework' } as const;

/** Loads a list as a Relay connection. Its type gets its resolvers from `connectionFields()`. */
export function connection<Row, Param extends string, const Sources extends Params<Param>>(
  endpoint: ListEndpoint<Row, Param>,
  params: Sources & NoOthers<Sources, Param>,
): Field<ParentsOf<Sources>, ArgumentsOf<Sources>, Connection<Row>> {
  const { plan, loadPage } = pageLoader(endpoint, params, ['edges', 'node']);
  const resolve = (row: unknown, args: unknown, context: Context, info?: FieldInfo) => {
    const page = loadPage(row, args, context, info).then((loaded) => {
      noteStale(loaded, context, info);
      return loaded;
    });
    // Each selected field reports the failure. Without one, the rejection must not end the process.
    page.catch(() => {});
    return { page, rowKey: endpoint.rowKey };
  };
  return withPlan({ ...plan, provides: [] }, resolve, FRAMEWORK);
}

/**
 * The fields of a connection's type. A failed page is an error of the nullable fields `edges`, `startCursor` and `endCursor`. Relay
 * requires hasNextPage and hasPreviousPage to be non-null; they are false then.
 */
export function connectionFields<Row extends object>() {
  return {
    edges: withPlan(
      { ...NO_READS, provides: ['cursor', 'node'] },
      async ({ page, rowKey }: Connection<Row>): Promise<readonly Edge<Row>[]> => {
        const { rows } = await page;
        return rows.map((row) => ({ cursor: cursorOf(row, rowKey), node: row }));
      },
      FRAMEWORK,
    ),
    pageInfo: withValue({ ...NO_READS, provides: [] }, (parent: Connection<Row>) => parent),
  };
}

/** The fields of the type PageInfo. */
export const pageInfoFields = {
  hasNextPage: withPlan(
    NO_READS,
    ({ page }: Connection<object>) =>
      page.then(
        ({ hasNext }) => hasNext,
        () => false,
      ),
    FRAMEWORK,
  ),
  // Services page forwards only. Relay allows false when the server cannot tell efficiently.
  hasPreviousPage: withValue(NO_READS, () => false),
  startCursor: withPlan(
    NO_READS,
    async ({ page, rowKey }: Connection<object>) => cursorOrNull((await page).rows.at(0), rowKey),
    FRAMEWORK,
  ),
  endCursor: withPlan(
    NO_READS,
    async ({ page, rowKey }: Connection<object>) => cursorOrNull((await page).rows.at(-1), rowKey),
    FRAMEWORK,
  ),
};

/** Decodes a Relay cursor to the row's key. Any other text is passed on unchanged. */
export function fromCursor<Parent, Args>(source: Source<Parent, Args, Scalar>): Source<Parent, Args, Scalar> {
  return {
    origin: through(source, 'cursor'),
    read: (parent, args, context) => {
      const cursor = source.read(parent, args, context);
      return typeof cursor === 'string' ? (decode(cursor, 'cursor') ?? cursor) : cursor;
    },
  };
}

/** The parent's global id as the Relay specification defines it: its type and its key. */
export function nodeId<const Name extends string>(
  type: string,
  key: Name,
): Field<{ readonly [N in Name]: string | number }, unknown, string> {
  return withValue({ reads: [key], calls: [] }, (row: { readonly [N in Name]: string | number }) =>
    encode(type, keyIn(row, key)),
  );
}

/** Decodes a global id of this type to its key. A plain key is passed on; an id of another type is BAD_USER_INPUT. */
export function keyOf<Parent, Args>(type: string, source: Source<Parent, Args, Scalar>): Source<Parent, Args, Scalar> {
  return {
    origin: through(source, `key of ${type}`),
    read: (parent, args, context) => {
      const id = source.read(parent, args, context);
      const node = typeof id === 'string' ? parseNodeId(id) : undefined;
      if (!node) return id;
      if (node.type === type) return node.key;
      throw new CodedError(ErrorCode.BadUserInput, `The id belongs to the type ${node.type}, not ${type}.`);
    },
  };
}

/** The type and key of a global id; undefined for any other text. */
export function parseNodeId(id: string): { readonly type: string; readonly key: string } | undefined {
  const text = Buffer.from(id, 'base64url').toString('utf8');
  const [, type, key] = /^([A-Z]\w*):(.+)$/s.exec(text) ?? [];
  if (type === undefined || key === undefined || encode(type, key) !== id) return undefined;
  return { type, key };
}

const encode = (type: string, key: string): string => Buffer.from(`${type}:${key}`).toString('base64url');

function decode(id: string, type: string): string | undefined {
  const text = Buffer.from(id, 'base64url').toString('utf8');
  const key = text.startsWith(`${type}:`) ? text.slice(type.length + 1) : undefined;
  return key !== undefined && encode(type, key) === id ? key : undefined;
}

const cursorOrNull = (row: object | undefined, rowKey: string): string | null =>
  row === undefined ? null : cursorOf(row, rowKey);

const cursorOf = (row: object, rowKey: string): string => encode('cursor', keyIn(row, rowKey));

function keyIn(row: object, name: string): string {
  const key = keyText((row as Readonly<Record<string, unknown>>)[name]);
  if (key !== undefined) return key;
  throw new UnusableDataError(`The row's key property "${name}" is missing or is no key.`);
}
