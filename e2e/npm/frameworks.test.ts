// e2e/npm/frameworks.test.ts: the wrappers, installed from the tarball: rendered by a server, then hydrated in Chromium.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { touchedIn, setTraps } from '../tag/traps.ts';
import { useStage } from '../tag/use-stage.ts';
import type { App } from './apps.ts';
import { APPS } from './apps.ts';
import type { Project } from './installed.ts';
import { installPackage } from './installed.ts';

const stage = useStage({ initScript: setTraps });
let project: Project;
beforeAll(() => {
  project = installPackage();
  for (const name of new Set(APPS.flatMap(({ links }) => links))) project.link(name);
});
afterAll(() => project.remove());

/** Renders an app in a Node process of its own. Whatever a tag could use there ends it with an error. */
const renderOnServer = (app: App, collector: string, consent: string | undefined): string => {
  project.write('shared.js', app.shared);
  project.write('server.js', app.server);
  project.write(
    'render.js',
    `for (const name of ['fetch', 'localStorage', 'sessionStorage', 'setInterval', 'document', 'XMLHttpRequest']) {
       Object.defineProperty(globalThis, name, { configurable: true, get() { if (/@hushtag/.test(new Error().stack)) throw new Error(name + ' was used on a server'); } });
     }
     const { html } = await import('./server.js');
     process.stdout.write(await html(${JSON.stringify(collector)}, ${JSON.stringify(consent)}));`,
  );
  return project.run('node', 'render.js');
};

const serveApp = async (app: App, consent?: string): Promise<string> => {
  const markup = renderOnServer(app, stage.collector, consent);
  const values = `const collector = ${JSON.stringify(stage.collector)}, first = ${JSON.stringify(consent)};`;
  const code = await project.bundle(app.client.replace(/((?:import .*\n)+)/, `$1${values}\n`));
  const whole = `<!doctype html><title>Shop</title><div id="app">${markup}</div><script type="module">${code}</script>`;
  for (const path of ['/', '/tea']) stage.serve(path, { whole });
  return markup;
};
const seen = (): unknown[] => stage.events().map(({ n, u, h }) => [n, u?.replace(stage.site, ''), h]);

describe.each(APPS)('$name', (app) => {
  it('does nothing on a server, and hydrates what the server made', async () => {
    const markup = await serveApp(app, 'grant');
    expect(markup).toContain('>Shop</button>');
    expect(stage.arrivals).toEqual([]);
    const page = await stage.open('/');
    await stage.arrived('view_item');
    expect(await page.evaluate(() => (window as { readonly mismatch?: string }).mismatch)).toBeUndefined();
    expect(stage.arrivals[0]?.message.c).toEqual(['g', 'measure,profile,personalise,share', 1]);
  });

  it('C1: is silent until consent is passed in, counts each route, and stops once it is withdrawn', async () => {
    await serveApp(app);
    const page = await stage.open('/');
    await page.click('#buy');
    expect(await touchedIn(page)).toEqual([]);
    expect(stage.arrivals).toEqual([]);
    await page.click('#yes');
    await stage.arrived('purchase');
    await page.click('#go');
    await stage.arrived('page_view', 2);
    const names = seen();
    expect(names).toContainEqual(['page_view', '/', 'Shop']);
    expect(names).toContainEqual(['page_view', '/tea', 'Tea']);
    expect(names.filter((row) => (row as string[])[0] === 'page_view')).toHaveLength(2);
    expect(stage.events().filter(({ n }) => n === 'purchase')).toHaveLength(1);
    await stage.arrived('view_item', 2);
    await page.click('#no');
    await page.click('#buy');
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
    await page.close({ runBeforeUnload: false });
    // A page that may send, to be sure that the withdrawn had its chance.
    await stage.open('/another');
    await stage.arrived('page_view', 3);
    expect(stage.events().filter(({ n }) => n === 'purchase')).toHaveLength(1);
  });
});

describe('React’s server components', () => {
  it.each(['react', 'next'])('take @hushtag/tag/%s for a client boundary', (name) => {
    const file = join(project.folder, `node_modules/@hushtag/tag/sdk/${name}.js`);
    expect(readFileSync(file, 'utf8').startsWith("'use client';\n")).toBe(true);
  });
}); // biome-ignore format: two long lines
