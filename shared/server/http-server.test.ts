import { expect, test } from '@jest/globals';
import express from 'express';
import { createHttpServer } from './http-server.ts';

/** A load balancer keeps idle connections for so long. */
const BALANCER_MS = 60_000;

test('idle connections and late headers outlast a load balancer', () => {
  const server = createHttpServer(express());
  expect(server.keepAliveTimeout).toBeGreaterThan(BALANCER_MS);
  expect(server.headersTimeout).toBeGreaterThan(server.keepAliveTimeout);
});
