import { testGuide } from '@facet/testing/internal/run-guide.ts';

await testGuide({ pages: ['docs/how-to/add-a-field.md'] });
