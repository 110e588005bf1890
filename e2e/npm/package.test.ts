// e2e/npm/package.test.ts: what a site installs: nothing but the tag, in a form that every tool reads.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCRIPTS } from '../../tools/build-tag.mjs';
import { isReady, track, useStage } from '../tag/use-stage.ts';
import type { Project } from './installed.ts';
import { installPackage, PACKAGE } from './installed.ts';

/** What a page's own call to start may add to the script's budget, bytes after brotli. */
const CALL_BYTES_MAX = 250;
const budgetOf = (script: string): number => SCRIPTS.find(({ file }) => file === script)?.bytesMax ?? 0;

const stage = useStage();
let project: Project;
beforeAll(() => {
  project = installPackage();
});
afterAll(() => project.remove());

describe('the package @hushtag/tag', () => {
  it('has nothing that publint minds', async () => {
    const { messages } = await publint({ pkgDir: PACKAGE, strict: true });
    expect(messages).toEqual([]);
  });

  it('installs from its tarball alone, and brings no other package', () => {
    const names = readdirSync(join(project.folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(names).toEqual(['@hushtag']);
    expect(readdirSync(join(project.folder, 'node_modules/@hushtag'))).toEqual(['tag']);
  });

  it.each(['bundler', 'nodenext'])('has types that say what may be called, for %s resolution', (resolution) => {
    mkdirSync(join(project.folder, resolution));
    for (const name of ['react', 'vue', '@vue', '@types', 'csstype']) {
      if (!readdirSync(join(project.folder, 'node_modules')).includes(name)) project.link(name);
    }
    const lines = [
      "import type { Hushtag } from '@hushtag/tag';",
      "import { createCore, createTag, readSegments } from '@hushtag/tag';",
      "export { createTag as explained } from '@hushtag/tag/debug';",
      "export const own: Promise<readonly string[]> = readSegments({ site: 'shop', collector: 'https://c.example' });",
      "import { HushtagProvider, useHushtag } from '@hushtag/tag/react';",
      "import { HushtagProvider as NextProvider } from '@hushtag/tag/next';",
      "import { createHushtag } from '@hushtag/tag/vue';",
      "const tag: Hushtag = createTag({ site: 'shop', collector: 'https://c.example' });",
      "tag.purchase({ transaction_id: 'T-1', currency: 'EUR', value: 1 });",
      "createCore({ site: 'shop', collector: 'https://c.example', policy: 'strict' });",
      "createHushtag({ site: 'shop', collector: 'https://c.example', consent: () => 'grant' });",
      "export const all = [HushtagProvider({ site: 's', collector: 'c', consent: { purposes: ['measure'] } }), NextProvider, useHushtag];",
      "// @ts-expect-error: no such policy",
      "createTag({ site: 'shop', collector: 'https://c.example', policy: 'lax' });",
      '// @ts-expect-error: a site is needed',
      "createTag({ collector: 'https://c.example' });",
      '// @ts-expect-error: no such choice',
      "tag.consent('yes');",
    ];
    project.write(`${resolution}/consumer.ts`, lines.join('\n'));
    const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
    const compilerOptions = { strict: true, noEmit: true, skipDefaultLibCheck: true, target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable'], types: [], module, moduleResolution: resolution };
    project.write(`${resolution}/tsconfig.json`, JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
    const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));
    expect(project.run(tsc, '-p', resolution)).toBe('');
  });

  it.each([
    { method: 'createCore', script: 'tag.js', without: ['__tcfapi', 'file_download', 'wp_has_consent'] },
    { method: 'createTag', script: 'tag.full.js', without: ['react', 'createContext'] },
  ])('is shaken: who takes $method alone carries no more than $script', async ({ method, script, without }) => {
    const code = await project.bundle(
      `import { ${method} } from '@hushtag/tag'; ${method}({ site: 'shop', collector: 'https://c.example' });`,
    );
    const bytes = brotliCompressSync(code).length;
    expect({ bytes, isWithin: bytes <= budgetOf(script) + CALL_BYTES_MAX }).toMatchObject({ isWithin: true });
    expect(without.filter((word) => code.includes(word))).toEqual([]);
  });

  it('is gone from a bundle that imports it and calls nothing', async () => {
    expect((await project.bundle("import { createTag } from '@hushtag/tag';")).trim()).toBe('');
  });

  it('starts from a module script, once however often it is asked to', async () => {
    const code = await project.bundle(
      `import { createTag, createCore } from '@hushtag/tag';
       const options = { site: 'shop', collector: '${stage.collector}' };
       window.hushtag = createTag(options);
       window.isTheSame = createTag(options) === window.hushtag && createCore(options) === window.hushtag;`,
    );
    stage.serve('/', { whole: `<!doctype html><title>Shop</title><script type="module">${code}</script>` });
    const page = await stage.open('/');
    await isReady(page);
    await track(page, 'called');
    await stage.arrived('called');
    expect(await page.evaluate(() => 'isTheSame' in window && window.isTheSame)).toBe(true);
    expect(stage.events().map(({ n }) => n)).toEqual(['page_view', 'called']);
  });

  it.each([
    { why: 'imported as @hushtag/tag/debug', from: '@hushtag/tag/debug', conditions: [] },
    { why: 'taken by its condition', from: '@hushtag/tag', conditions: ['hushtag-debug'] },
  ])('explains itself in the console, $why', async ({ from, conditions }) => {
    const code = await project.bundle(
      `import { createTag } from '${from}'; window.hushtag = createTag({ site: 'shop', collector: '${stage.collector}' });`,
      conditions,
    );
    stage.serve('/', { whole: `<!doctype html><title>Shop</title><script type="module">${code}</script>` });
    const page = await stage.context.newPage();
    const lines: string[] = [];
    const sent = new Promise<void>((resolve) => {
      page.on('console', (line) => {
        lines.push(line.text());
        if (line.text().startsWith('hushtag: sent called')) resolve();
      });
    });
    await page.goto(stage.site);
    await stage.arrived('page_view');
    await track(page, 'called');
    await sent;
    expect(lines.filter((line) => line.startsWith('hushtag: sent'))).toEqual([
      expect.stringMatching(/^hushtag: sent page_view without an id; decided by policy standard: nobody was asked/),
      expect.stringMatching(/^hushtag: sent called/),
    ]);
  });

  it('explains itself by its condition through the wrappers too, and not without', async () => {
    for (const name of ['react', 'vue', '@vue']) {
      if (!readdirSync(join(project.folder, 'node_modules')).includes(name)) project.link(name);
    }
    const all = `import { HushtagProvider } from '@hushtag/tag/react'; import { createHushtag } from '@hushtag/tag/vue'; console.log(HushtagProvider, createHushtag);`;
    const words = 'nobody was asked';
    expect(await project.bundle(all, ['hushtag-debug'])).toContain(words);
    expect(await project.bundle(all)).not.toContain(words);
  });

  it('explains nothing on a server, and starts there as little', () => {
    project.write('server.mjs', "import { createTag } from '@hushtag/tag/debug'; createTag({ site: 'shop', collector: 'https://c.example' }).track('x'); console.log('done');");
    expect(project.run('node', 'server.mjs')).toBe('done\n');
  });
}); // biome-ignore format: two long lines
