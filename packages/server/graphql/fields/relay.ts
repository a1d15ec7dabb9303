import type { ListEndpoint } from '../../downstream/endpoint.ts';
import type { Page } from '../../downstream/row-shape.ts';
import { CodedError, ErrorCode } from '../../request/errors.ts';
import type { FieldInfo } from '../../request/field-path.ts';
import { keyText } from '../../request/key.ts';
import { UnusableDataError } from '../answer-error.ts';
import type { Context } from '../context.ts';
import { type Field, withPlan } from '../plan.ts';
import { type ArgumentsOf, type NoOthers, type Params, type ParentsOf, pageLoader } from './list.ts';
import { type Scalar, type Source, through } from './sources.ts';
import { noteStale } from './stale.ts';

/** What the fields of a connection's type read. Each selected field waits for the page by itself. */
export interface Connection<Row> {
  readonly page: Promise<Page<Row>>;
  readonly rowKey: string;
}

export interface Edge<Row> {
  readonly cursor: string;
  readonly node: Row;
}

/** What a field needs that only looks at the connection that was opened for it. */
const nothing = { reads: [], calls: [] };

/** A list as a Relay connection; its type's own fields are `connectionFields()`. */
export function connection<Row, Param extends string, const Sources extends Params<Param>>(
  endpoint: ListEndpoint<Row, Param>,
  params: Sources & NoOthers<Sources, Param>,
): Field<ParentsOf<Sources>, ArgumentsOf<Sources>, Connection<Row>> {
  const { plan, loadPage } = pageLoader(endpoint, params, ['edges', 'node']);
  return withPlan({ ...plan, provides: [] }, (row: unknown, args: unknown, context: Context, info?: FieldInfo) => {
    const page = loadPage(row, args, context, info).then((loaded) => {
      noteStale(loaded, context, info);
      return loaded;
    });
    // Whichever field asks for the page reports its failure; if none does, nobody needs to know.
    page.catch(() => {});
    return { page, rowKey: endpoint.rowKey };
  });
}

/**
 * The fields of a connection's type. A failed page is an error of the nullable fields `edges`, `startCursor` and
 * `endCursor`; the non-null parts of pageInfo that Relay asks for then say that there is no further page.
 */
export function connectionFields<Row extends object>() {
  return {
    edges: withPlan(
      { ...nothing, provides: ['cursor', 'node'] },
      async ({ page, rowKey }: Connection<Row>): Promise<readonly Edge<Row>[]> => {
        const { rows } = await page;
        return rows.map((row) => ({ cursor: cursorOf(row, rowKey), node: row }));
      },
    ),
    pageInfo: withPlan({ ...nothing, provides: [] }, (parent: Connection<Row>) => parent),
  };
}

/** The fields of the type PageInfo. */
export const pageInfoFields = {
  hasNextPage: withPlan(nothing, ({ page }: Connection<object>) =>
    page.then(
      ({ hasNext }) => hasNext,
      () => false,
    ),
  ),
  // Pages are read forwards; Relay allows false where the way back is not known.
  hasPreviousPage: withPlan(nothing, () => false),
  startCursor: withPlan(nothing, async ({ page, rowKey }: Connection<object>) =>
    cursorOrNull((await page).rows.at(0), rowKey),
  ),
  endCursor: withPlan(nothing, async ({ page, rowKey }: Connection<object>) =>
    cursorOrNull((await page).rows.at(-1), rowKey),
  ),
};

/** The row's key as an opaque cursor of the Relay specification. */
export function fromCursor<Parent, Args>(source: Source<Parent, Args, Scalar>): Source<Parent, Args, Scalar> {
  return {
    origin: through(source, 'cursor'),
    read: (parent, args, context) => {
      const cursor = source.read(parent, args, context);
      return typeof cursor === 'string' ? (decode(cursor, 'cursor') ?? cursor) : cursor;
    },
  };
}

/** A globally unique id of the Relay specification for the parent row: its type and its key. */
export function nodeId<const Name extends string>(
  type: string,
  key: Name,
): Field<{ readonly [N in Name]: string | number }, unknown, string> {
  return withPlan({ reads: [key], calls: [] }, (row) => encode(type, keyIn(row, key)));
}

/** The key in a global id of this type. A key that is no global id stays as it is; an id of another type is BAD_USER_INPUT. */
export function keyOf<Parent, Args>(type: string, source: Source<Parent, Args, Scalar>): Source<Parent, Args, Scalar> {
  return {
    origin: through(source, `key of ${type}`),
    read: (parent, args, context) => {
      const id = source.read(parent, args, context);
      const node = typeof id === 'string' ? parseNodeId(id) : undefined;
      if (!node) return id;
      if (node.type === type) return node.key;
      throw new CodedError(ErrorCode.BadUserInput, `The id is of the type ${node.type}, not ${type}.`);
    },
  };
}

/** Type and key of a global id; undefined for any other text. */
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
  throw new UnusableDataError(`The row has no key in its property ${name}.`);
}
