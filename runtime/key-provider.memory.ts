// runtime/key-provider.memory.ts: keys that live as long as the process: for tests and for servers that must forget.
import type { KeyProvider } from '../core/index.ts';

/** Keys in memory alone; pseudonyms made with them can't be made again after a restart. */
export function memoryKeys(): KeyProvider {
  const keys = new Map<string, Uint8Array>();
  const obtain = (name: string, fresh: Uint8Array): Uint8Array => {
    const held = keys.get(name) ?? Uint8Array.from(fresh);
    keys.set(name, held);
    return held;
  };
  return {
    forgets: true,
    obtain: async (kekId, fresh) => obtain(`kek|${kekId}`, fresh),
    read: async (kekId) => keys.get(`kek|${kekId}`),
    destroy: async (kekId) => {
      keys.get(`kek|${kekId}`)?.fill(0);
      keys.delete(`kek|${kekId}`);
    },
    secret: async (name, fresh) => obtain(`secret|${name}`, fresh),
  };
}
