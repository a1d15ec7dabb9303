import { testGuide } from './run-guide.ts';

await testGuide({ pages: ['docs/tutorial.md', 'docs/how-to/add-a-service.md'], ports: ['3004', '3005', '4004'] });
