// e2e/next/next.test.ts: the snippets for Next in a real shop of Next: built and served by Next itself, visited with Chromium.
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureNext } from '../../tools/ensure-next.mjs';
import type { Project } from '../npm/installed.ts';
import { installPackage } from '../npm/installed.ts';
import { readDocCode } from '../support/doc-code.ts';
import { listen, shut } from '../support/servers.ts';
import { noteErrors } from '../tag/hostile-pages.ts';
import { useStage } from '../tag/use-stage.ts';

/** Building takes Next half a minute of a quiet machine. */
const BUILD_MS_MAX = 600_000;

const { codeOf } = readDocCode('install.md', 'snippet');
const stage = useStage();
/** The shop’s own pages, around the snippets. */
const PAGE = `
import Link from 'next/link';
import { BuyButton } from './buy-button';
export const metadata = { title: 'Shop' };
export default function Page() { return <><BuyButton /><Link href="/tea">Tea</Link></>; }`;
const TEA = `
'use client';
import { usePathname, useRouter } from 'next/navigation';
export default function Tea() {
  const router = useRouter();
  return <><h1>{usePathname()}</h1><button onClick={() => router.replace('/tea?size=large')}>Large</button></>;
}`;

/** Whoever reads the page writes the collector’s address there; the shop is told a test’s own as it is served. */
const ADDRESS = 'collector={process.env.COLLECTOR}';
const asJsx = (code: string): string => transformSync(code, { loader: 'tsx', jsx: 'preserve' }).code;

let project: Project;
let folder = '';
let server: ChildProcess | undefined;
const runNext = (): string => join(folder, 'node_modules/next/dist/bin/next');
const envWith = (collector: string): NodeJS.ProcessEnv => ({
  ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', CI: '1', COLLECTOR: collector,
}); // biome-ignore format: a list

/** Writes the shop anew, with the package from its tarball. */
function writeShop(): void {
  for (const name of ['app', '.next', 'node_modules/@hushtag'])
    rmSync(join(folder, name), { recursive: true, force: true });
  mkdirSync(join(folder, 'app/tea'), { recursive: true });
  cpSync(join(project.folder, 'node_modules/@hushtag'), join(folder, 'node_modules/@hushtag'), { recursive: true });
  const layout = codeOf('next').replace('collector="https://YOUR-COLLECTOR"', ADDRESS);
  if (!layout.includes(ADDRESS)) throw new Error('the snippet names no collector');
  const files = {
    'layout.jsx': asJsx(layout),
    'buy-button.jsx': asJsx(codeOf('next-call')),
    'page.jsx': PAGE,
    'tea/page.jsx': TEA,
    // A browser asks for an icon, and would say on the console that there is none.
    'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"></svg>',
  };
  for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, 'app', name), code);
}

/** Serves the shop on a free port. @returns its address, once it answers. */
async function serveShop(collector: string): Promise<string> {
  const holder = createServer();
  const origin = await listen(holder);
  await shut(holder);
  const { port, hostname } = new URL(origin);
  const started = spawn(process.execPath, [runNext(), 'start', '-p', port, '-H', hostname], {
    cwd: folder,
    env: envWith(collector),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  server = started;
  await new Promise<void>((resolve, reject) => {
    started.once('exit', (code) => reject(new Error(`next start ended with ${code}`)));
    started.stdout.on('data', (said: Buffer) => {
      if (said.toString().includes('Ready')) resolve();
    });
  });
  return origin;
}

beforeAll(() => {
  project = installPackage();
  folder = ensureNext();
  writeShop();
  const { status, stdout, stderr } = spawnSync(process.execPath, [runNext(), 'build'], {
    cwd: folder,
    env: envWith(''),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`next build: ${stdout}\n${stderr}`);
}, BUILD_MS_MAX);
afterEach(() => {
  server?.removeAllListeners('exit');
  server?.kill();
});
afterAll(() => project.remove());

describe('Next’s App Router', () => {
  it.each([
    { cookie: 'grant', choice: ['g', 'measure,profile,personalise,share', 1] },
    { cookie: 'something', choice: ['u'] },
  ])('takes the choice from the cookie ($cookie), counts its own routes, and calls from a client component', async ({ cookie, choice }) => {
    const shop = await serveShop(stage.collector);
    await stage.context.addCookies([{ name: 'consent', value: cookie, url: shop }]);
    const page = await stage.context.newPage();
    const faults = await noteErrors(page);
    page.on('console', (line) => {
      if (line.type() === 'error') faults.push(`${line.text()} ${line.location().url}`);
    });
    await page.goto(shop);
    await stage.arrived('page_view');
    await page.click('text=Add to cart');
    await stage.arrived('add_to_cart');
    await page.click('text=Tea');
    await stage.arrived('page_view', 2);
    await page.click('text=Large');
    await stage.arrived('page_view', 3);
    expect(stage.events().filter(({ n }) => n === 'page_view').map(({ u }) => u?.replace(shop, ''))).toEqual(['/', '/tea', '/tea']);
    expect(stage.arrivals.map(({ message }) => message.c)).toEqual(stage.arrivals.map(() => choice));
    expect(stage.arrivals.every(({ message }) => (message.i !== undefined) === (cookie === 'grant'))).toBe(true);
    expect(faults).toEqual([]);
  });
}); // biome-ignore format: long lines
