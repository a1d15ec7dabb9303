import { BOUND_RULES } from './bounds.ts';
import { FORM_RULES } from './forms.ts';
import type { Applied, Rule } from './objects.ts';
import { POD_RULES } from './pods.ts';
import { REFERENCE_RULES } from './references.ts';

/**
 * What an API server finds that Kubernetes' schemas do not say, and what nobody would find before nothing works, by what it asks
 * for. They know what deploy/kubernetes makes, and not all that Kubernetes can do: selectors by labels, Deployments, probes by HTTP.
 */
export const RULES: Readonly<Record<string, Rule>> = {
  ...FORM_RULES,
  ...BOUND_RULES,
  ...POD_RULES,
  ...REFERENCE_RULES,
};

/** All that is wrong, as `rule: what`. */
export function refusalsOf(applied: Applied): string[] {
  return Object.entries(RULES).flatMap(([name, rule]) => Array.from(rule(applied), (found) => `${name}: ${found}`));
}
