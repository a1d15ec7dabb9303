import { readFileSync } from 'node:fs';
import { ROOT } from './machine.ts';

export type ScreenName = 'Home' | 'Dashboard';

/** A screen, with the facts needed to request it from each kind of contender. */
export interface Screen {
  readonly name: ScreenName;
  /** The client that it belongs to: its directory in bffs/. */
  readonly client: 'mobile' | 'web';
  /** Its field in the data of a GraphQL response, and its path in REST contenders. */
  readonly field: 'home' | 'dashboard';
  /** The exact text of the registered document. */
  readonly text: string;
  /** Number of orders that it requests by default. */
  readonly orders: number;
}

export const SCREENS: readonly Screen[] = [
  screen('Home', 'mobile', 'home', 3),
  screen('Dashboard', 'web', 'dashboard', 50),
];

function screen(name: ScreenName, client: Screen['client'], field: Screen['field'], orders: number): Screen {
  return { name, client, field, orders, text: readFileSync(`${ROOT}bffs/${client}/screens/${name}.graphql`, 'utf8') };
}
