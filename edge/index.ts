// edge/index.ts: what the runtimes compose.
export type { Edge } from './app.ts';
export { createEdge } from './app.ts';
export type { GroupCommit } from './collector/group-commit.ts';
export { createGroupCommit } from './collector/group-commit.ts';
export type { KnownKeysNeeds } from './collector/known-visitor.ts';
export { knownAccountKeys, knownVisitorKey, knownVisitorKeys } from './collector/known-visitor.ts';
export type { ReplayReport } from './collector/replay-letters.ts';
export { REPLAY_LETTERS_MAX, replayLetters } from './collector/replay-letters.ts';
export { destroyExpiredSalts } from './collector/salt-destruction.ts';
export type { Rotation } from './collector/salt-rotation.ts';
export { destroyAbandonedKeys, rotateDueSalts, rotateLongSalt } from './collector/salt-rotation.ts';
export type { Answer, Asked, Handler } from './http/exchange.ts';
export type { FieldMapping } from './http/field-mapping.ts';
export { fieldMappingSchema } from './http/field-mapping.ts';
export type { Scope, TokenKeys } from './http/tokens.ts';
export { issueToken, SCOPES, TOKEN_SECONDS_MAX, tokenKeysFrom } from './http/tokens.ts';
export type { BuiltTag, Limits, Port, WriteRefusal } from './port.ts';
