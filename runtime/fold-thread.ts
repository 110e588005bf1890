// runtime/fold-thread.ts: the thread's entry: folds one share of a site's visitors from the mirror.
import { once } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import type { SiteTrait } from '../core/index.ts';
import { createVisitorFold } from '../segmenter/index.ts';
import type { PackedProfiles, SiteRow, StoredEvent } from '../store/index.ts';
import { createPacker } from '../store/index.ts';
import type { Share } from '../store/mirror.node.ts';
import { readMirroredVisitors } from '../store/mirror.node.ts';
import type { Files } from '../store/open.node.ts';
import { openFiles } from '../store/open.node.ts';

/** What the thread is given. */
export interface FoldWork {
  readonly files: Files;
  readonly folder: string;
  readonly site: SiteRow;
  readonly share: Share;
  /** Traits that the site defined. */
  readonly traits: readonly SiteTrait[];
}

/** Finished profiles, and how many events they are made of. */
export interface FoldedShare {
  readonly profiles: readonly PackedProfiles[];
  readonly events: number;
}

/** What a thread hears of a share it sent. */
export type ShareAnswer = 'saved' | 'stop';

/** Profiles in one message. */
const PROFILES_A_MESSAGE = 4_000;
/** Messages sent and not yet written at most. */
const UNWRITTEN_MAX = 3;

function requirePort(): MessagePort {
  if (parentPort === null) throw new Error('runtime/fold-thread.ts runs on a thread');
  return parentPort;
}
const port = requirePort();
const { files, folder, site, share, traits } = workerData as FoldWork;
const { fold, toldNames } = createVisitorFold(traits);
const packer = createPacker();
let profiles = 0;
let events = 0;
const flow = { unwritten: 0, stopped: false };
port.on('message', (answer: ShareAnswer) => {
  if (answer === 'stop') flow.stopped = true;
  flow.unwritten -= 1;
});

/** Ends the reading from inside: a thread that is ended from outside while DuckDB works takes the whole process with it. */
class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

function send(): void {
  const packs = packer.take();
  port.postMessage(
    { profiles: packs, events } satisfies FoldedShare,
    packs.map(({ bytes }) => bytes.buffer),
  );
  profiles = 0;
  events = 0;
  flow.unwritten += 1;
}

async function sendAndWait(): Promise<void> {
  send();
  while (flow.unwritten >= UNWRITTEN_MAX && !flow.stopped) await once(port, 'message');
  if (flow.stopped) throw new StoppedError();
}

const db = await openFiles(files);
try {
  const onVisitor = (visitor: number, ofVisitor: readonly StoredEvent[]): Promise<void> | undefined => {
    packer.add(visitor, fold(ofVisitor));
    profiles += 1;
    events += ofVisitor.length;
    return profiles < PROFILES_A_MESSAGE ? undefined : sendAndWait();
  };
  await readMirroredVisitors(db, folder, site, share, onVisitor, { toldNames });
  if (profiles > 0) send();
  while (flow.unwritten > 0 && !flow.stopped) await once(port, 'message');
} catch (fault) {
  // Whoever asked for the stop has the fault it is for.
  if (!(fault instanceof StoppedError)) throw fault;
} finally {
  db.client.close();
  port.removeAllListeners('message');
  port.close();
}
