import { bff as mobile } from '../bffs/mobile/bff.ts';
import { bff as partner } from '../bffs/partner/bff.ts';
import { bff as web } from '../bffs/web/bff.ts';

/** Every client's backend, for what has to hold of all of them. */
export const CLIENTS = [mobile, web, partner];
