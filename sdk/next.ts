'use client';
// sdk/next.ts: entry of @hushtag/tag/next: the React provider, as a boundary that server components may render.
export type { HushtagProviderProps } from './react.ts';
export { HushtagProvider, useHushtag } from './react.ts';
