// runtime/log.ts: one JSON line an event, to standard error. Fields are names, codes and counts, never visitors' values (P1).
import type { Port } from '../edge/index.ts';

/** Makes a logger that writes lines of `{"at","level","event",…}`. */
export const createLog =
  (write: (line: string) => void, now: () => number): Port['log'] =>
  (level, event, fields = {}) => {
    write(`${JSON.stringify({ at: new Date(now()).toISOString(), level, event, ...fields })}\n`);
  };
