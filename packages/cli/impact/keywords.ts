/**
 * How a change of a schema keyword is judged. `structure`: what a value is and holds, compared value by value. `limit`: which of
 * these values are allowed; it matters to whoever sends them. `note`: says nothing of the values. `opaque`: it may forbid or allow
 * anything, which a comparison of two schemas cannot tell.
 */
export type Role = 'structure' | 'limit' | 'note' | 'deprecation' | 'opaque';

const words = (role: Role, names: string): [string, Role][] => names.split(' ').map((name) => [name, role]);

/** All keywords of a schema in OpenAPI 3.0 and 3.1, and of JSON Schema 2020-12 with those of earlier drafts. */
const ROLES: ReadonlyMap<string, Role> = new Map([
  ...words(
    'structure',
    '$ref type nullable enum const properties required items additionalProperties allOf anyOf oneOf',
  ),
  ...words('structure', 'maxItems readOnly writeOnly'),
  ...words('limit', 'format pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf'),
  ...words('limit', 'minItems uniqueItems contains minContains maxContains additionalItems unevaluatedItems'),
  ...words('limit', 'minProperties maxProperties propertyNames dependentRequired unevaluatedProperties'),
  ...words(
    'note',
    'title description default example examples externalDocs xml $comment $id $anchor $schema $vocabulary',
  ),
  ...words('note', '$defs definitions $dynamicAnchor $recursiveAnchor'),
  ...words('deprecation', 'deprecated'),
  ...words('opaque', 'not if then else dependentSchemas dependencies patternProperties prefixItems discriminator'),
  ...words('opaque', 'contentEncoding contentMediaType contentSchema $dynamicRef $recursiveRef'),
]);

/** Keywords that nobody knows may mean anything; `x-` ones are for the tools that know them. */
export function roleOf(keyword: string): Role {
  return ROLES.get(keyword) ?? (keyword.startsWith('x-') ? 'note' : 'opaque');
}

/** What is known of the objects of a document around its schemas; a change of any other property cannot be judged. */
export const KNOWN = {
  operation:
    'tags summary description externalDocs operationId parameters requestBody responses callbacks deprecated security servers',
  parameter:
    'name in description required deprecated allowEmptyValue style explode allowReserved schema example examples content',
  response: '$ref description headers content links summary',
  media: 'schema example examples encoding',
} as const;

/** Properties of an object whose change cannot be judged. */
export function unknownIn(kind: keyof typeof KNOWN, before: object, after: object): string[] {
  const known = KNOWN[kind].split(' ');
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const isSame = (name: string) =>
    JSON.stringify(Reflect.get(before, name)) === JSON.stringify(Reflect.get(after, name));
  return [...names].filter((name) => !known.includes(name) && !name.startsWith('x-') && !isSame(name));
}
