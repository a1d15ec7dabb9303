import { bff as mobile } from './fixture/bffs/mobile/bff.ts';
import { bff as partner } from './fixture/bffs/partner/bff.ts';
import { bff as web } from './fixture/bffs/web/bff.ts';

/** The fixture's backends, for what has to hold of all of them. */
export const CLIENTS = [mobile, web, partner];
