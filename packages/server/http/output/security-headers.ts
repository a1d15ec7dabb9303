import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Express } from 'express';
import helmet from 'helmet';

/** Headers that every response has, by name. */
export type FixedHeaders = Readonly<Record<string, string>>;

const YEAR_S = 365 * 24 * 60 * 60;

/**
 * helmet's headers for a response that is not a page: it loads nothing and is not embedded. They are computed once, because helmet's
 * middleware would set each of them for each response. `isPublic` says that browsers reach this server over HTTPS.
 */
export function securityHeaders({ isPublic }: { readonly isPublic: boolean }): FixedHeaders {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const secure = helmet({
    // The sandbox's page has its own policy.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    // It does not affect CORS requests, which pages of ALLOWED_ORIGINS send.
    crossOriginResourcePolicy: { policy: 'same-origin' },
    // It would apply to all ports of localhost. Subdomains may belong to others.
    strictTransportSecurity: isPublic && { maxAge: YEAR_S, includeSubDomains: false },
    // For obsolete browsers and plug-ins, or for pages.
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
 * Adds these headers to each response of an app, whether a route, Express or Node writes it. Headers that a response has already are not
 * replaced.
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
