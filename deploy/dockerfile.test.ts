import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

test('the Dockerfile copies a bundle onto a Node image and runs no command', () => {
  const lines = readFileSync(`${ROOT}deploy/Dockerfile`, 'utf8').split('\n');
  const instructions = lines.filter((line) => /^[A-Z]/.test(line));
  const { engines } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
  const [, major] = /(\d+)/.exec(engines.node) ?? [];
  expect(instructions).toEqual([
    `ARG BASE=gcr.io/distroless/nodejs${major}-debian13:nonroot`,
    'FROM $BASE',
    'ARG NAME',
    'WORKDIR /app',
    `COPY dist/\${NAME:?set it with --build-arg NAME=web}/ ./`,
    'ENV NODE_ENV=production DATA_FILE=/tmp/facet.sqlite',
    'USER 65532:65532',
    'ENTRYPOINT ["/nodejs/bin/node"]',
    'CMD ["main.js"]',
  ]);
  const pod = readFileSync(`${ROOT}deploy/kubernetes/production/web.generated.yaml`, 'utf8');
  expect(pod).toContain('runAsUser: 65532');
  expect(readFileSync(`${ROOT}deploy/Dockerfile.dockerignore`, 'utf8')).toMatch(/^\*\n!dist$/m);
});
