// sdk/explain-in-words.ts: stands for explain.ts in the npm package's debug build, whose every step is told in the console.
import { explainInWords } from './debug.ts';
import type { Explain } from './explain.ts';

/** Tells a step in words. A function of its own: what tells it imports what is told of, and is ready only once both are. */
export const explain: Explain = (step, ...facts) => explainInWords(step, ...facts);
