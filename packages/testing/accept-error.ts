/**
 * A client's server whose first and last listener cannot accept a connection. On Linux Node never reports that, so the errors are emitted
 * here.
 */
import { Server } from 'node:net';
import { serve } from '@facet/server/internal/http/serve.ts';
import { bff } from './fixture/bffs/web/bff.ts';

const listeners: Server[] = [];
const { listen } = Server.prototype;
Server.prototype.listen = function remembered(this: Server, ...parameters: unknown[]): Server {
  listeners.push(this);
  return Reflect.apply(listen, this, parameters);
};
await serve(bff);
const error = Object.assign(new Error('accept EMFILE'), { code: 'EMFILE', syscall: 'accept' });
for (const listener of [listeners.at(0), listeners.at(-1)]) listener?.emit('error', error);
