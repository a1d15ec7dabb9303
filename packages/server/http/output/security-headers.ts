import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Express } from 'express';
import helmet from 'helmet';

/** Headers that are the same on every answer, by their names. */
export type FixedHeaders = Readonly<Record<string, string>>;

const YEAR_S = 365 * 24 * 60 * 60;

/**
 * What browsers are told of every answer, as helmet has it: it is no page, loads nothing, and is shown in none. Made once, since
 * helmet's own way is a call and a header of its own for each of them. `isPublic` where browsers get here by HTTPS.
 */
export function securityHeaders({ isPublic }: { readonly isPublic: boolean }): FixedHeaders {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const secure = helmet({
    // The sandbox's page has a policy of its own.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    // Pages of ALLOWED_ORIGINS ask by CORS, which this is no bar to; without CORS nobody embeds what is answered here.
    crossOriginResourcePolicy: { policy: 'same-origin' },
    // It holds for all ports of a host: on localhost, for whatever else is developed there. Others of the domain are not ours.
    strictTransportSecurity: isPublic && { maxAge: YEAR_S, includeSubDomains: false },
    // For browsers and plug-ins that are gone, or for pages.
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xFrameOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  secure(response.req, response, () => {});
  return Object.fromEntries(Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]));
}

/**
 * Has an app send these headers with each of its answers, whoever writes it: a route, Express or Node itself. A head that is
 * written at once has all of them; of one that was set header by header, those stay that are there.
 */
export function sendAlways(app: Express, fixed: FixedHeaders): void {
  const { writeHead } = app.response;
  const headers = Object.entries(fixed);
  app.response.writeHead = function writeHeadWithFixed(this: typeof app.response, ...parameters: unknown[]) {
    const given = parameters.at(-1);
    if (typeof given === 'object' && !Array.isArray(given)) {
      parameters[parameters.length - 1] = { ...fixed, ...given };
    } else {
      for (const [name, value] of headers) if (!this.hasHeader(name)) this.setHeader(name, value);
    }
    Reflect.apply(writeHead, this, parameters);
    return this;
  };
}
