import { basename } from 'node:path';
import type { Bff } from '@facet/server/internal/http/bff.ts';
import { ROOT } from '../project.ts';
import { clientImpact } from './client-report.ts';
import { readClient } from './clients.ts';
import { readDocument } from './document.ts';
import { pastOf } from './history.ts';
import { breachesBy } from './lengths.ts';
import type { Question } from './options.ts';
import { impactOf } from './service.ts';
import { type Report, reportOf } from './service-report.ts';

/** Answers a question. Throws DocumentError and HistoryError where it cannot be told. */
export async function impactFor(question: Question, bffs: readonly Bff[], root = ROOT): Promise<Report> {
  return question.of === 'service' ? ofService(question, bffs, root) : ofClients(question, bffs, root);
}

async function ofService(
  { service, openapi }: Extract<Question, { of: 'service' }>,
  bffs: readonly Bff[],
  root: string,
): Promise<Report> {
  const folder = `${root}shared/${service}`;
  const before = await readDocument(`${folder}/openapi.yaml`);
  const after = await readDocument(openapi, folder);
  const clients = bffs.map((bff) => readClient(bff, root));
  const impact = impactOf(service, before, after, clients);
  const breaches = clients.flatMap((client) => breachesBy(service, before, impact.changes, client, client.budget));
  return reportOf(`${service} with ${basename(openapi)}`, impact, breaches, clients);
}

async function ofClients(
  { clients, against }: Extract<Question, { of: 'clients' }>,
  bffs: readonly Bff[],
  root: string,
): Promise<Report> {
  const past = pastOf(root, against);
  const reports: Report[] = [];
  for (const { client, publicSchema = false } of bffs.filter((bff) => clients.includes(bff.client))) {
    reports.push(await clientImpact({ client, isOpen: publicSchema }, root, past));
  }
  return {
    text: reports.map(({ text }) => text).join('\n\n'),
    isBroken: reports.some(({ isBroken }) => isBroken),
    isUnclear: reports.some(({ isUnclear }) => isUnclear),
  };
}
