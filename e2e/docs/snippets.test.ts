// e2e/docs/snippets.test.ts: every snippet of docs/install.md, as it is printed there, in a page in Chromium.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileScript, parse } from 'vue/compiler-sfc';
import type { Project } from '../npm/installed.ts';
import { installPackage } from '../npm/installed.ts';
import { readDocCode } from '../support/doc-code.ts';
import { isReady, track, useStage } from '../tag/use-stage.ts';

const { names, codeOf } = readDocCode('install.md', 'snippet');
const stage = useStage();
/** The names that a test has run. */
const ran = new Set<string>();
/** A snippet with the stage's collector put for YOUR-COLLECTOR, as its reader would. */
const snippet = (name: string): string => {
  ran.add(name);
  return codeOf(name).replaceAll('https://YOUR-COLLECTOR', stage.collector);
};
const page = (head: string, body = ''): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>${head}</head><body>${body}</body></html>`;
const open = async (whole: string): Promise<Page> => {
  stage.serve('/', { whole });
  return stage.open('/');
};
const seen = (): readonly string[] => stage.events().map(({ n }) => n);
const lastChoice = (): unknown => stage.arrivals.at(-1)?.message.c;

describe('plain HTML', () => {
  it('sends the page view, then what was called before the script had loaded, then what is clicked', async () => {
    const visited = await open(page(snippet('html'), snippet('html-calls')));
    await stage.arrived('view_item');
    await visited.click('text=Add to cart');
    const [added] = await stage.arrived('add_to_cart');
    expect(seen()).toEqual(['page_view', 'view_item', 'add_to_cart']);
    expect(added?.p).toEqual({ currency: 'EUR', items: [{ item_id: 'A1', price: 19.99 }] });
  });

  it('takes a banner’s choice, also on the next page', async () => {
    const visited = await open(page(snippet('html'), snippet('html-banner')));
    await isReady(visited);
    await visited.click('text=Yes');
    await stage.arrived('page_view');
    await visited.reload();
    await stage.arrived('page_view', 2);
    expect(lastChoice()).toEqual(['g', 'measure,profile,personalise,share', 1]);
    await visited.click('text=No');
    await track(visited, 'afterwards');
    await stage.arrived('afterwards');
    expect(lastChoice()).toEqual(['g', '', 1]);
  });
});

describe('WordPress (what PHP would print is taken from between its marks; the WP Consent API is faked)', () => {
  it('stands in the head, and hears of consent by itself', async () => {
    const code = snippet('wordpress');
    const [, printed] = /^add_action\('wp_head', function \(\) \{ \?>\n([\s\S]*)\n<\?php \}, 1\);$/.exec(code) ?? [];
    const fake = '<script>var given=false;function wp_has_consent(){return given}</script>';
    const visited = await open(page(`${fake}${printed}`));
    await stage.arrived('page_view');
    await visited.evaluate(() => {
      Object.assign(window, { given: true });
      document.dispatchEvent(new Event('wp_listen_for_consent_change'));
    });
    await track(visited, 'afterwards');
    await stage.arrived('afterwards');
    expect(lastChoice()).toEqual(['g', 'measure,profile,personalise', 7]);
  });
});

describe('Shopify (Liquid’s values, loadFeatures and the Customer Privacy API are faked)', () => {
  it('asks for the Customer Privacy API, hears of consent by it, and tells of the product', async () => {
    const liquid: Readonly<Record<string, unknown>> = {
      'cart.currency.iso_code | json': 'EUR',
      'product.id | json': 4711,
      'product.title | json': 'Teapot "small"',
      'product.price | divided_by: 100.0 | json': 19.99,
    };
    const product = snippet('shopify-product').replaceAll(/\{\{ (.*?) \}\}/g, (_all, value: string) =>
      JSON.stringify(liquid[value]),
    );
    const fake = `<script>window.Shopify = { loadFeatures(features, done) {
      window.asked = features;
      Shopify.customerPrivacy = { currentVisitorConsent: () => ({ analytics: 'yes', marketing: 'no', preferences: '', sale_of_data: '' }) };
      done();
    } }</script>`;
    const visited = await open(page(fake + snippet('shopify'), product));
    const [viewed] = await stage.arrived('view_item');
    expect(viewed?.p).toEqual({
      currency: 'EUR',
      items: [{ item_id: 4711, item_name: 'Teapot "small"', price: 19.99 }],
    });
    expect(await visited.evaluate(() => (window as unknown as { readonly asked: unknown }).asked)).toEqual([
      { name: 'consent-tracking-api', version: '0.1' },
    ]);
    await visited.evaluate(() => document.dispatchEvent(new Event('visitorConsentCollected')));
    await track(visited, 'afterwards');
    await stage.arrived('afterwards');
    expect(lastChoice()).toEqual(['g', 'measure', 6]);
  });
});

describe('Google Tag Manager (how it injects Custom HTML is faked: scripts made anew, without their attributes)', () => {
  it('starts from Custom HTML, and hears Consent Mode', async () => {
    const code = snippet('gtm');
    // Its compiler takes ECMAScript 5 alone.
    expect(code).not.toMatch(/=>|\b(?:const|let)\b|`/);
    const visited = await open(page('<script>window.dataLayer=[];function gtag(){dataLayer.push(arguments)}</script>'));
    await visited.evaluate((html) => {
      const holder = document.createElement('div');
      holder.innerHTML = html;
      for (const written of holder.querySelectorAll('script')) {
        const made = document.createElement('script');
        made.text = written.text;
        document.body.append(made);
      }
    }, code);
    await stage.arrived('page_view');
    await visited.evaluate(() => {
      const { gtag } = window as unknown as { readonly gtag: (...given: readonly unknown[]) => void };
      gtag('consent', 'update', { analytics_storage: 'granted' });
    });
    await track(visited, 'afterwards');
    await stage.arrived('afterwards');
    expect(lastChoice()).toEqual(['g', 'measure', 5]);
  });
});

describe('npm, React, Vue and Next', () => {
  let project: Project;
  beforeAll(() => {
    project = installPackage();
    for (const name of ['react', 'react-dom', 'scheduler', 'vue', '@vue', '@types', 'csstype']) project.link(name);
    for (const folder of ['app', 'node_modules/next']) mkdirSync(join(project.folder, folder));
    // Next itself is in e2e/next: here its cookies are faked, of its rendering only what React does.
    project.write(
      'node_modules/next/package.json',
      '{"name":"next","type":"module","exports":{"./headers":{"types":"./headers.d.ts","default":"./headers.js"}}}',
    );
    project.write(
      'node_modules/next/headers.d.ts',
      'export declare const cookies: () => Promise<{ get(name: string): { value: string } | undefined }>;',
    );
    project.write(
      'node_modules/next/headers.js',
      "export const cookies = async () => ({ get: (name) => name === 'consent' ? { value: globalThis.cookieOfConsent } : undefined });",
    );
  });
  afterAll(() => project.remove());

  const openApp = async (code: string): Promise<Page> => {
    const script = (await project.bundle(code)).replaceAll('</script', '<\\/script');
    return open(page('', `<div id="app"></div><script type="module">${script}</script>`));
  };

  it('have types, under the strictest settings', () => {
    const files = {
      'hushtag.ts': 'npm',
      'app.tsx': 'react',
      'buy-button.tsx': 'react-call',
      'main.ts': 'vue',
      'app/layout.tsx': 'next',
      'app/buy-button.tsx': 'next-call',
    };
    for (const [file, name] of Object.entries(files)) project.write(file, snippet(name));
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipDefaultLibCheck: true,
      target: 'es2022',
      lib: ['es2023', 'dom'],
      types: [],
      module: 'esnext',
      moduleResolution: 'bundler',
      jsx: 'react-jsx',
    };
    project.write(
      'shims.d.ts',
      "declare module '*.vue' { import type { Component } from 'vue'; const component: Component; export default component; }",
    );
    project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['shims.d.ts', ...Object.keys(files)] }));
    expect(project.run(fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url)), '-p', '.')).toBe('');
  });

  it('npm: starts the tag from a module', async () => {
    project.write('hushtag.ts', snippet('npm'));
    await openApp("import './hushtag.ts';");
    await stage.arrived('view_item');
    expect(seen()).toEqual(['page_view', 'view_item']);
  });

  it('React: passes the choice on, and calls from a component', async () => {
    project.write('app.tsx', snippet('react'));
    project.write('buy-button.tsx', snippet('react-call'));
    const visited = await openApp(
      `import { createRoot } from 'react-dom/client'; import { App } from './app.tsx';
       createRoot(document.getElementById('app')).render(<App />);`,
    );
    await stage.arrived('page_view');
    await visited.click('text=Yes');
    await visited.click('text=Add to cart');
    await stage.arrived('add_to_cart');
    expect(lastChoice()).toEqual(['g', 'measure,profile,personalise,share', 1]);
    await visited.click('text=No');
    await visited.click('text=Add to cart');
    await stage.arrived('add_to_cart', 2);
    expect(lastChoice()).toEqual(['g', '', 1]);
  });

  it('Vue: passes the choice on, and calls from a component', async () => {
    project.write('main.ts', snippet('vue'));
    const { descriptor } = parse(snippet('vue-call'));
    project.write('buy-button-compiled.ts', compileScript(descriptor, { id: 'buy', inlineTemplate: true }).content);
    project.write('main.ts', snippet('vue').replace('./BuyButton.vue', './buy-button-compiled.ts'));
    const visited = await openApp("import { choice } from './main.ts'; window.choice = choice;");
    await stage.arrived('page_view');
    await visited.evaluate(
      () => void ((window as unknown as { readonly choice: { value: string } }).choice.value = 'grant'),
    );
    await visited.click('text=Add to cart');
    await stage.arrived('add_to_cart');
    expect(lastChoice()).toEqual(['g', 'measure,profile,personalise,share', 1]);
  });

  it.each([
    { cookie: 'grant', choice: ['g', 'measure,profile,personalise,share', 1] },
    { cookie: 'something', choice: ['u'] },
  ])(
    'Next: takes the choice from the cookie ($cookie) in the layout, and calls from a client component',
    async ({ cookie, choice }) => {
      project.write('app/layout.tsx', snippet('next'));
      project.write('app/buy-button.tsx', snippet('next-call'));
      const render = `import RootLayout from './app/layout.tsx'; import { BuyButton } from './app/buy-button.tsx';
        globalThis.cookieOfConsent = ${JSON.stringify(cookie)};
        const tree = await RootLayout({ children: <BuyButton /> });`;
      const server = `import { renderToString } from 'react-dom/server.edge'; ${render} console.log(renderToString(tree));`;
      project.write('server.mjs', await project.bundle(server));
      const markup = project.run('node', 'server.mjs').trim();
      expect(markup).toMatch(/^<html lang="en">.*Add to cart/);
      expect(stage.arrivals).toEqual([]);
      const client = await project.bundle(
        `import { hydrateRoot } from 'react-dom/client'; ${render} hydrateRoot(document, tree);`,
      );
      stage.serve('/client.js', { whole: client, headers: { 'content-type': 'text/javascript' } });
      const visited = await open(`<!doctype html>${markup}<script type="module" src="/client.js"></script>`);
      await stage.arrived('page_view');
      await visited.click('text=Add to cart');
      await stage.arrived('add_to_cart');
      expect(lastChoice()).toEqual(choice);
    },
  );
});

describe('docs/install.md', () => {
  it('has no snippet that no test runs', () => {
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !ran.has(name))).toEqual([]);
    // Nor a block of code that is not marked as one.
    expect(readFileSync(new URL('../../docs/install.md', import.meta.url), 'utf8').match(/^```[a-z]+/gm)).toHaveLength(names.length);
  });
}); // biome-ignore format: long lines
