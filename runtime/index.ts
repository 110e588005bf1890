// runtime/index.ts: what the command line composes. The Worker has its own entry, worker.ts.
export type { Config } from './config.ts';
export { readConfig } from './config.ts';
export { mirrorFolder, openHistory, withMirror } from './history.ts';
export { openHrana } from './hrana.ts';
export { configuredKeys } from './key-provider.configured.ts';
export { KeyFolderError } from './key-provider.file.ts';
export type { RunningNode } from './node.ts';
export { startNode } from './node.ts';
export { openData } from './open-data.ts';
export { PRIVACY_PARTS } from './privacy-parts.ts';
export { projectFolder } from './project-folder.ts';
export type { ServingMark } from './serving-mark.ts';
export { markServing } from './serving-mark.ts';
export { StartError } from './start-error.ts';
export { segmentSite } from './segment-sites.ts';
export type { Task } from './scheduled-tasks.ts';
export { runTasksOnThread } from './schedule-thread-start.ts';
