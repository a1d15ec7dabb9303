import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { FAULT_KINDS, type InjectedFault } from '../../request/injected-fault.ts';

/** Faults to inject, as a header that this process signs. So only its own sandbox can inject faults. */
export interface DrillHeader {
  /** The faults in a body; undefined if it is malformed. */
  check(given: unknown): readonly InjectedFault[] | undefined;
  sign(checked: readonly InjectedFault[]): string;
  /** The faults in a header; undefined if it is missing, or this process has not signed it. */
  read(header: string | string[] | undefined): readonly InjectedFault[] | undefined;
}

export function createDrillHeader(services: readonly string[]): DrillHeader {
  const service = z.enum(services);
  const drills = z
    .array(z.strictObject({ service, kind: z.enum(FAULT_KINDS), ms: z.number().int().min(0).max(60_000) }))
    .max(services.length);
  const key = randomBytes(32);
  const signatureOf = (text: string) => createHmac('sha256', key).update(text).digest();
  const check: DrillHeader['check'] = (given) => drills.safeParse(given).data;

  return {
    check,
    sign(checked) {
      const text = Buffer.from(JSON.stringify(checked)).toString('base64url');
      return `${text}.${signatureOf(text).toString('base64url')}`;
    },
    read(header) {
      if (typeof header !== 'string') return undefined;
      const [text = '', signature = ''] = header.split('.');
      const given = Buffer.from(signature, 'base64url');
      const own = signatureOf(text);
      if (given.length !== own.length || !timingSafeEqual(given, own)) return undefined;
      return check(JSON.parse(Buffer.from(text, 'base64url').toString()));
    },
  };
}
