/** @facet/cli: the `facet` command. Projects configure it in facet.config.ts. */
export { defineProject, type Frontend, type ProjectConfig, type ServiceProcess } from './config.ts';
