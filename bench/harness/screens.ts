import { readFileSync } from 'node:fs';
import { ROOT } from './root.ts';

export type ScreenName = 'Home' | 'Dashboard';

/** A screen as each kind of contender is asked for it. */
export interface Screen {
  readonly name: ScreenName;
  /** The client that it belongs to: the folder of its BFF. */
  readonly client: 'mobile' | 'web';
  /** Where it is in a GraphQL answer's data, and in the path of a REST contender. */
  readonly field: 'home' | 'dashboard';
  /** The text of the registered document, to the letter. */
  readonly text: string;
  /** Orders that it asks for by default. */
  readonly orders: number;
}

export const SCREENS: readonly Screen[] = [
  screen('Home', 'mobile', 'home', 3),
  screen('Dashboard', 'web', 'dashboard', 50),
];

function screen(name: ScreenName, client: Screen['client'], field: Screen['field'], orders: number): Screen {
  return { name, client, field, orders, text: readFileSync(`${ROOT}bffs/${client}/screens/${name}.graphql`, 'utf8') };
}
