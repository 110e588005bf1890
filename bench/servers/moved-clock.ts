// bench/servers/moved-clock.ts: preloaded into a process (and its threads) whose clock is to be wrong: adds what a file says, in ms.
import { readFileSync } from 'node:fs';

/** How soon a change of the file is seen, ms. */
const LOOK_MS = 10;

const path = process.env['MOVED_CLOCK_FILE'];
if (path !== undefined) {
  const truth = Date.now.bind(Date);
  let offset = 0;
  const look = (): void => {
    offset = Number(readFileSync(path, 'utf8')) || 0;
  };
  look();
  setInterval(look, LOOK_MS).unref();
  Date.now = () => truth() + offset;
}
