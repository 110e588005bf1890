import { defineConfig } from 'vitest/config';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

// By default a machine of two cores gets one worker, while most suites wait for a browser, a server or a disk:
// with two workers a quarter of both cores stood idle.
const shared = {
  // Reached only where a test hangs: beside three others a test takes many times what it takes alone.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  maxWorkers: 4,
};
/** Files of a worker share the modules they import: loading them anew for each was two fifths of the quick ones' CPU time. */
const together = { ...shared, isolate: false };

/** What takes most of a minute or more, the longest first. */
const LONG = [
  'e2e/console/console-pages',
  'e2e/console/console',
  'e2e/node/cli',
  'e2e/workerd/edge',
  'e2e/docs/quick-start',
  'e2e/docs/snippets',
  'e2e/consent-platforms/platforms',
  'e2e/workerd/segments',
  'e2e/node/settings-cli',
];

/** Long files first, so that none of them runs alone at the end: vitest goes by the names of projects and sizes of files. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONG.findIndex((name) => moduleId.endsWith(`${name}.test.ts`));
      return found < 0 ? LONG.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    reporters: ['default'],
    sequence: { sequencer: LongFirst },
    projects: [
      { test: { ...together, name: 'walls', include: ['tools/**/*.test.ts', 'e2e/console/texts.test.ts'] } },
      {
        test: {
          ...together,
          name: 'unit',
          include: ['{contract,core,store,sdk,client,console,edge,segmenter,runtime,cli}/**/*.test.ts'],
          // So that no file sees what another one left behind.
          unstubGlobals: true,
          restoreMocks: true,
        },
      },
      { test: { ...together, name: 'node', include: ['e2e/node/**/*.test.ts'] } },
      { test: { ...shared, name: 'workerd', include: ['e2e/workerd/**/*.test.ts'] } },
      {
        test: {
          ...shared,
          name: 'browser',
          include: [
            'e2e/{tag,visit,consent-platforms,npm,docs}/**/*.test.ts',
            'e2e/console/console*.test.ts',
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
