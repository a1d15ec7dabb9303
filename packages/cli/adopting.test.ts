import { testGuide } from '@facet/testing/internal/run-guide.ts';

await testGuide({ path: 'docs/adopting.md', ports: ['3004', '3005', '4004'] });
