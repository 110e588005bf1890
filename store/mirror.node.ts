// store/mirror.node.ts: the Parquet mirror of events, on Node alone: derived, rebuildable, read where a whole history is.
export { syncMirror } from './mirror/sync.ts';
export type { Share } from './mirror/read.ts';
export { forgetFoldable, listFoldable, readMirroredVisitors } from './mirror/read.ts';
export { mirrorCopy } from './mirror/copy.ts';
export { eraseFromMirror, purgeMirror } from './mirror/rewrite.ts';
export { listParts } from './mirror/files.ts';
export { mirrorReports } from './mirror/reports.ts';
