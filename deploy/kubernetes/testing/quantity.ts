// k8s.io/apimachinery/pkg/api/resource/quantity.go
const QUANTITY = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(|[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)$/;

const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** What an amount such as `500m`, `2`, `1e3` or `64Mi` stands for; undefined where it is none. */
export function quantityOf(value: unknown): number | undefined {
  const [, number, suffix = ''] = QUANTITY.exec(String(value)) ?? [];
  if (number === undefined) return undefined;
  const binary = BINARY.indexOf(suffix) + 1;
  if (binary > 0) return Number(number) * 1_024 ** binary;
  return Number(`${number}e${DECIMAL[suffix] ?? (suffix.slice(1) || 0)}`);
}
