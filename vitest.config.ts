import { defineConfig } from 'vitest/config';

// By default a machine of two cores gets one worker, while most suites wait for a browser, a server or a disk.
const shared = { testTimeout: 60_000, hookTimeout: 120_000, maxWorkers: 2 };

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      { test: { ...shared, name: 'walls', include: ['tools/**/*.test.ts', 'e2e/console/texts.test.ts'] } },
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['{contract,core,store,sdk,client,console,edge,segmenter,runtime,cli}/**/*.test.ts'],
          // Files of a worker share the modules they import: loading them anew for each was two fifths of the quick ones' CPU time.
          isolate: false,
          // So that no file sees what another one left behind.
          unstubGlobals: true,
          restoreMocks: true,
        },
      },
      { test: { ...shared, name: 'node', include: ['e2e/node/**/*.test.ts'] } },
      { test: { ...shared, name: 'workerd', include: ['e2e/workerd/**/*.test.ts'] } },
      {
        test: {
          ...shared,
          name: 'browser',
          include: [
            'e2e/{tag,visit,consent-platforms,npm,docs}/**/*.test.ts',
            'e2e/console/console.test.ts',
            'e2e/engines/chromium.test.ts',
          ],
        },
      },
      // Pictures of the documents, which `npm run screenshots` takes; not part of `npm test`.
      { test: { ...shared, name: 'screenshots', include: ['e2e/console/screenshots.test.ts'] } },
      // Engines, and Next, which `npm run test:engines` installs; not part of `npm test`.
      {
        test: {
          ...shared,
          name: 'engines',
          include: ['e2e/engines/firefox*.test.ts', 'e2e/engines/webkit.test.ts', 'e2e/next/*.test.ts'],
          fileParallelism: false,
        },
      },
    ],
  },
});
