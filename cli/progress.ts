// cli/progress.ts: how far a long step is, on stderr, so that what a command prints to stdout stays clean.
import type { Writable } from 'node:stream';
import { progress } from '@clack/prompts';

/** Where progress goes: a terminal gets a bar, anything else a few plain lines. */
export type ProgressOutput = Writable & { readonly isTTY?: boolean };

/** One step under way. */
export interface Progress {
  /** Says how much is done; less than before, or more than `total`, is ignored. */
  readonly update: (done: number, total: number) => void;
  /** Ends the step with a line that says what it did. */
  readonly finish: (message: string) => void;
  /** Ends the step with a line that says why it failed. */
  readonly fail: (message: string) => void;
}

/** Ticks of the bar; also its finest step, so that a terminal isn't redrawn for every request. */
const TICKS = 100;
/** A plain log gets one line each this many percent. */
const PLAIN_PERCENT_STEP = 20;

/** Starts a step. */
export function startProgress(title: string, output: ProgressOutput = process.stderr): Progress {
  return output.isTTY === true ? barProgress(title, output) : plainProgress(title, output);
}

const percentOf = (done: number, total: number): number =>
  total <= 0 ? 0 : Math.min(TICKS, Math.floor((done / total) * TICKS));

function barProgress(title: string, output: ProgressOutput): Progress {
  const bar = progress({ output, max: TICKS, style: 'heavy' });
  let shown = 0;
  bar.start(title);
  return {
    update: (done, total) => {
      const percent = percentOf(done, total);
      if (percent <= shown) return;
      bar.advance(percent - shown, `${title} · ${percent} %`);
      shown = percent;
    },
    finish: (message) => bar.stop(message),
    fail: (message) => bar.error(message),
  };
}

function plainProgress(title: string, output: ProgressOutput): Progress {
  let shown = 0;
  const line = (text: string): void => {
    output.write(`${text}\n`);
  };
  line(title);
  return {
    update: (done, total) => {
      const percent = percentOf(done, total);
      if (percent < shown + PLAIN_PERCENT_STEP) return;
      shown = percent - (percent % PLAIN_PERCENT_STEP);
      line(`… ${shown} %`);
    },
    finish: (message) => line(message),
    fail: (message) => line(message),
  };
}
