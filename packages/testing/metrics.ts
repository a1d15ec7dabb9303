/** The figures of a page in Prometheus' text format, by the metric's name with its labels as they stand there. */
export async function metricsOf(url: string): Promise<ReadonlyMap<string, number>> {
  return figuresIn(await (await fetch(`${url}/metrics`)).text());
}

export function figuresIn(page: string): ReadonlyMap<string, number> {
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

/** Names of the metrics of a page, as its TYPE lines have them. */
export function namesIn(page: string): string[] {
  return Array.from(page.matchAll(/^# TYPE (\S+)/gm), ([, name = '']) => name);
}
