import type { Size } from '../upstream/rows.ts';
import { questionFor } from './ask.ts';
import { checkAnswers } from './check.ts';
import { type Effort, type Measured, measure } from './measure.ts';
import { progress } from './progress.ts';
import type { Server } from './server.ts';
import type { Upstream } from './upstream.ts';

export interface Sized {
  readonly size: Size;
  readonly measured: readonly Measured[];
}

const FIRST = 100;
const SIZES: readonly Size[] = [
  { orders: 10, products: 10 },
  { orders: 50, products: 20 },
  { orders: 100, products: 20 },
  { orders: 100, products: 1 },
  { orders: 100, products: 100 },
];
const EFFORT: Effort = { warmUpMs: 600, rounds: 12, roundMs: 125 };

/** The dashboard's cost against the number of orders and of distinct products in them, on servers that are warm. */
export async function measureSizes(servers: readonly Server[], upstream: Upstream): Promise<Sized[]> {
  const results: Sized[] = [];
  const dashboards = servers.map((server) => ({
    ...server,
    question: questionFor(server.contender, server.screen, FIRST),
  }));
  for (const size of SIZES) {
    progress(`${size.orders} orders, ${size.products} products`);
    await upstream.resize(size);
    await checkAnswers(dashboards, size.orders);
    results.push({ size, measured: await measure(dashboards, upstream, EFFORT) });
  }
  return results;
}
