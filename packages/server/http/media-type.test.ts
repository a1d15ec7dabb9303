import { describe, expect, test } from '@jest/globals';
import { negotiateMediaType } from './output/media-type.ts';

const JSON_TYPE = 'application/json';
const STRICT = 'application/graphql-response+json';

const negotiate = (accept: string | undefined) =>
  negotiateMediaType({ headers: accept === undefined ? {} : { accept } });

describe('the media type of a response', () => {
  test.each<[string | undefined, string | undefined]>([
    // Without a preference.
    [undefined, JSON_TYPE],
    ['*/*', JSON_TYPE],
    ['', JSON_TYPE],
    [' , ', JSON_TYPE],
    // Parameters: ours have a charset, and no other.
    ['application/json; charset=utf-8', JSON_TYPE],
    ['application/json;charset=UTF-8', JSON_TYPE],
    ['application/json; charset="utf-8"', JSON_TYPE],
    ['application/json ; Charset = "UTF-8" ; q=0.5', JSON_TYPE],
    ['application/graphql-response+json; charset=utf-8, application/json; charset=utf-8', STRICT],
    ['application/json; charset=iso-8859-1', undefined],
    ['application/json; profile="a,b;c=d"', undefined],
    ['application/json; profile="a\\", application/json', undefined],
    ['application/json; profile="a\\\\", application/json', JSON_TYPE],
    ['application/json;charset=iso-8859-1, application/graphql-response+json;q=0.1', STRICT],
    ['application/json;q=1;version=2', JSON_TYPE],
    ['application/json;', JSON_TYPE],
    // Case.
    ['Application/JSON', JSON_TYPE],
    ['APPLICATION/GraphQL-Response+JSON', STRICT],
    ['application/*;Q=0.5', JSON_TYPE],
    // Wildcards.
    ['application/*', JSON_TYPE],
    ['text/*', undefined],
    ['*/json', undefined],
    ['text/html, application/xhtml+xml, */*;q=0.8', JSON_TYPE],
    // The most specific range decides about each media type.
    ['*/*;q=0.1, application/graphql-response+json', STRICT],
    ['application/json;q=0, */*', STRICT],
    ['*/*, application/json;q=0, application/graphql-response+json;q=0', undefined],
    ['application/json;q=0.9, application/json;charset=utf-8;q=0.1, application/graphql-response+json;q=0.5', STRICT],
    ['application/*;q=0.2, application/graphql-response+json;q=0.1', JSON_TYPE],
    // Qualities.
    ['application/json;q=0.5, application/graphql-response+json;q=0.9', STRICT],
    ['application/graphql-response+json, application/json', STRICT],
    ['application/json, application/graphql-response+json', JSON_TYPE],
    ['application/graphql-response+json; q=0.001, application/json; q=0', STRICT],
    ['application/json;q=0.0', undefined],
    ['*/*;q=0', undefined],
    ['application/json;q=high', undefined],
    ['application/json;q=', undefined],
    ['application/json;q=7', JSON_TYPE],
    // Anything else.
    ['text/html', undefined],
    ['json', undefined],
    ['text/html;x="application/json"', undefined],
    ['text/html;x="unclosed, application/json', undefined],
  ])('is, for Accept: %s, %s', (accept, expected) => {
    expect(negotiate(accept)).toBe(expected);
  });
});
