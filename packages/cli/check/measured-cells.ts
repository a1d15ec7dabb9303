import type { Endpoint } from '@facet/server/internal/downstream/endpoint.ts';
import { type EndpointUse, type ScreenUse, usedShare } from '@facet/server/internal/telemetry/overfetch-meter.ts';

/** What is told of a screen that was measured, beside its worst case. */
export const SCREEN_HEAD = ['calls made', 'body bytes', 'property bytes', 'used', 'share'];

export function screenCells(screen: ScreenUse | undefined): string[] {
  const { endpoints = [] } = screen ?? {};
  return [total(endpoints, 'calls'), total(endpoints, 'bodyBytes'), ...shareCells(endpoints)];
}

/** What is told of an endpoint of a measured screen, beside the properties that are asked for. */
export const ENDPOINT_HEAD = ['property bytes', 'used', 'share', 'bytes of what nobody read'];

export function endpointCells(screen: ScreenUse | undefined, { service, name }: Endpoint): string[] {
  const uses = screen?.endpoints.filter((use) => use.service === service && use.endpoint === name) ?? [];
  const unread = uses.flatMap((use) => [...use.unread]).toSorted(([, one], [, other]) => other - one);
  return [...shareCells(uses), unread.map(([path, bytes]) => `${path} ${bytes}`).join(', ')];
}

function shareCells(uses: readonly EndpointUse[]): string[] {
  const share = usedShare(uses);
  return [
    total(uses, 'fetchedBytes'),
    total(uses, 'usedBytes'),
    share === undefined ? 'unknown' : `${Math.round(share * 100)}%`,
  ];
}

function total(uses: readonly EndpointUse[], figure: 'calls' | 'bodyBytes' | 'fetchedBytes' | 'usedBytes'): string {
  return String(uses.reduce((sum, use) => sum + use[figure], 0));
}
