/** @facet/cli: the `facet` command. A project configures it in facet.config.ts. */
export { defineProject, type Frontend, type ProjectConfig, type ServiceProcess } from './config.ts';
