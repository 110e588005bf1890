// e2e/support/current.ts: lets a suite's tests name what is made anew for each of them.

/** Stands for what `current` returns at the moment of use. @throws where there is none: outside a test. */
export const standFor = <Thing extends object>(current: () => Thing | undefined): Thing =>
  new Proxy({} as Thing, {
    get: (_nothing, name) => {
      const thing = current();
      if (thing === undefined) throw new Error(`${String(name)} was asked for outside a test, or its set-up failed`);
      return thing[name as keyof Thing];
    },
  });
