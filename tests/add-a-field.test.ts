import { testGuide } from './run-guide.ts';

await testGuide({ pages: ['docs/how-to/add-a-field.md'] });
