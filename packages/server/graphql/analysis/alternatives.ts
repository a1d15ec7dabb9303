/** What comes true only where these alternatives do. */
interface Scoped {
  readonly scope: readonly string[];
}

/** What two scopes have in common: the alternatives in which both come true. */
export function commonScope(one: readonly string[], other: readonly string[]): readonly string[] {
  let length = 0;
  while (length < one.length && one[length] === other[length] && one[length + 1] === other[length + 1]) length += 2;
  return one.slice(0, length);
}

/** The sum of a figure over all sites, of alternatives that of the most expensive one. */
export function totalOf<Site extends Scoped>(
  sites: readonly Site[],
  figureOf: (site: Site) => number,
  depth = 0,
): number {
  const { own = [], inside = [] } = Object.groupBy(sites, ({ scope }) => (scope.length > depth ? 'inside' : 'own'));
  const choices = Map.groupBy(inside, ({ scope }) => scope[depth]);
  const mostOf = (choice: readonly Site[]): number => {
    const options = Map.groupBy(choice, ({ scope }) => scope[depth + 1]);
    return Math.max(...Array.from(options.values(), (option) => totalOf(option, figureOf, depth + 2)));
  };
  return sum(own.map(figureOf)) + sum(Array.from(choices.values(), mostOf));
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
