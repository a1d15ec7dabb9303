import { parse, print } from 'graphql';
import { LRUCache } from 'lru-cache';
import { idOf, type Screen } from '../../graphql/screens.ts';
import { BadRequestError } from '../../request/errors.ts';
import type { GraphQLParams } from '../input/params.ts';

/** A client's registered documents. */
export interface RegisteredDocuments {
  /** Names of the screens. */
  readonly names: readonly string[];
  /** The screen with this name. */
  byName(name: string): Screen | undefined;
  /**
   * The document that a GraphQL request asks for, by its id or its text; undefined if it is not registered. Throws BadRequestError if the
   * id belongs to another text.
   */
  of(params: GraphQLParams): Screen | undefined;
}

/** Bounds of the memory of texts that were compared in their printed form: their number, and their characters together. */
const MAX_TEXTS = 1_000;
const MAX_CHARACTERS = 2_000_000;

/** `screens` are found by name, too; `others` (variants, documents of a client's own tools) by id and text only. */
export function registerDocuments(screens: readonly Screen[], others: readonly Screen[]): RegisteredDocuments {
  const documents = [...screens, ...others];
  const names = new Map(screens.map((screen) => [screen.name, screen]));
  const byId = new Map(documents.map((screen) => [screen.id, screen]));
  const byText = new Map(documents.map((screen) => [screen.text, screen]));
  const byPrint = new Map(documents.map((screen) => [print(screen.document), screen]));
  const longest = 2 * Math.max(0, ...documents.map(({ text }) => text.length));
  const operations = [...new Set(documents.map(({ name }) => name))];
  const compared = new LRUCache<string, { readonly screen: Screen | undefined }>({
    max: MAX_TEXTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_entry, text) => text.length + 1,
  });

  /** Client libraries print documents in their own ways. Two texts are the same document if graphql-js prints them the same. */
  function printedOf(text: string): Screen | undefined {
    if (text.length > longest || !operations.some((name) => text.includes(name))) return undefined;
    const known = compared.get(text);
    if (known) return known.screen;
    const screen = byPrint.get(printed(text));
    compared.set(text, { screen });
    return screen;
  }

  return {
    names: [...names.keys()],
    byName: (name) => names.get(name),
    of: (params) => {
      const { query: text } = params;
      const id = idIn(params);
      if (text === undefined) return id === undefined ? undefined : byId.get(id);
      if (id !== undefined && id !== idOf(text) && byId.get(id)?.text !== text) {
        throw new BadRequestError(400, 'The hash belongs to another document.');
      }
      return byText.get(text) ?? printedOf(text);
    },
  };
}

function printed(text: string): string {
  try {
    return print(parse(text, { noLocation: true }));
  } catch {
    return '';
  }
}

/** The id by GraphQL over HTTP, with or without the prefix `sha256:`, or by Apollo's extension. */
function idIn({ documentId, extensions }: GraphQLParams): string | undefined {
  const persisted = extensions['persistedQuery'];
  const hash =
    typeof persisted === 'object' && persisted !== null && 'sha256Hash' in persisted
      ? String(persisted.sha256Hash).toLowerCase()
      : undefined;
  if (documentId === undefined) return hash;
  const bare = documentId.startsWith(PREFIX) ? documentId.slice(PREFIX.length) : documentId;
  const id = bare.length === 64 && SHA256.test(bare) ? bare.toLowerCase() : bare;
  if (hash !== undefined && hash !== id)
    throw new BadRequestError(400, 'documentId and sha256Hash belong to different documents.');
  return id;
}

const PREFIX = 'sha256:';
const SHA256 = /^[0-9a-f]{64}$/i;
