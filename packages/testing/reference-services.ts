export * from './fixture/services/testing.ts';
