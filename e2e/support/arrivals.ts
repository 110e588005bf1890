// e2e/support/arrivals.ts: the messages a collector got, and a way to wait for one.
import type { WireBatch, WireEvent } from '../../contract/index.ts';

/** How long an expected message may take; reached only where a test fails. */
const ARRIVAL_MS_MAX = 60_000;

/** What has arrived, in order. */
export interface Arrivals<Arrival extends { readonly message: WireBatch }> {
  readonly all: readonly Arrival[];
  readonly add: (arrival: Arrival) => void;
  /** What has arrived, but for `user_engagement`, which depends on how fast the test runs. */
  readonly events: () => readonly WireEvent[];
  /** Waits until an event with this name has arrived as often as said. */
  readonly arrived: (name: string, times?: number) => Promise<readonly WireEvent[]>;
}

/** Makes an empty list of arrivals. */
export function collectArrivals<Arrival extends { readonly message: WireBatch }>(): Arrivals<Arrival> {
  const all: Arrival[] = [];
  const watchers = new Set<() => void>();
  const everything = (): readonly WireEvent[] => all.flatMap(({ message }) => message.e);
  return {
    all,
    add: (arrival) => {
      all.push(arrival);
      for (const watcher of watchers) watcher();
    },
    events: () => everything().filter(({ n }) => n !== 'user_engagement'),
    arrived: async (name, times = 1) => {
      const found = (): readonly WireEvent[] => everything().filter(({ n }) => n === name);
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          watchers.delete(look);
          const seen = everything().map(({ n }) => n).join(', '); // biome-ignore format: one thought
          reject(new Error(`${name} did not arrive ${times} time(s); what arrived: ${seen || 'nothing'}`));
        }, ARRIVAL_MS_MAX);
        function look(): void {
          if (found().length < times) return;
          clearTimeout(timer);
          watchers.delete(look);
          resolve();
        }
        watchers.add(look);
        look();
      });
      return found();
    },
  };
}
