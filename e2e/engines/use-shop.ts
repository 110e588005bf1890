// e2e/engines/use-shop.ts: one edge and one engine for a suite, a fresh shop for each test.
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { Hushtag } from '../../sdk/api.ts';
import { FLUSH_MS } from '../../sdk/delivery.ts';
import { standFor } from '../support/current.ts';
import { startNodeEdge } from '../support/node-edge.ts';
import type { Engine, StartEngine } from './engine.ts';
import { becomes } from './engine.ts';
import type { ServedShop } from './served-shop.ts';
import { openShop } from './served-shop.ts';
import type { Watched } from './watch-page.ts';

/** A page's window once the tag has started. */
export type Tagged = Watched & { readonly hushtag: Hushtag };

/** The running test's shop and the visitor's browser in it. */
export interface Visit {
  readonly shop: ServedShop;
  readonly engine: Engine;
  /** Goes to a path of the shop and waits for the tag. */
  readonly open: (path: string) => Promise<void>;
  /** Calls the tag. */
  readonly call: (name: keyof Hushtag, ...given: readonly unknown[]) => Promise<void>;
  /** Goes back in the tab's history, by the page's own means. */
  readonly back: () => Promise<void>;
  /** Waits until the page is at a path. */
  readonly path: (wanted: string) => Promise<void>;
  /** Passes through a page that leaves for another as soon as it has loaded, as clicked from `/from`; ends on `/next`. */
  readonly passThrough: (path: string, head?: string) => Promise<void>;
  /** Waits until what the tag would have sent by now is sent: a timer as long as the tag's own, set later, ends later. */
  readonly flushed: () => Promise<void>;
  /** What the page has used so far of what stores or sends. */
  readonly touched: () => Promise<readonly string[]>;
  /** Keys in the page's storage, and its cookies. */
  readonly stored: () => Promise<readonly string[]>;
}

const visitOf = (shop: ServedShop, engine: Engine): Visit => ({
  shop,
  engine,
  open: async (path) => {
    await engine.goto(shop.origin + path);
    await becomes(engine, () => typeof window.hushtag === 'object' && !Array.isArray(window.hushtag), undefined);
  },
  call: async (name, ...given) =>
    engine.run(([called, args]) => (window as unknown as Tagged).hushtag[called](...(args as [never, never])), [
      name,
      given,
    ] as const),
  back: async () => engine.run(() => void setTimeout(() => history.back()), undefined),
  path: async (wanted) => becomes(engine, (path) => location.pathname === path, wanted),
  passThrough: async (path, head = '') => {
    const leave = "<script>addEventListener('load',()=>setTimeout(()=>location.assign('/next')))</script>";
    shop.serve(path, { head: head + leave });
    await engine.goto(`${shop.origin}/from`);
    await shop.arrived('page_view');
    await engine.run((to) => void setTimeout(() => location.assign(to)), path);
    await becomes(engine, () => location.pathname === '/next', undefined);
    await shop.arrived('page_view', 3);
  },
  flushed: async () => engine.run(async (ms) => new Promise<void>((resolve) => void setTimeout(resolve, ms)), FLUSH_MS),
  touched: async () => engine.run(() => [...(window as unknown as Watched).touched], undefined),
  stored: async () =>
    engine.run(
      () =>
        [...Object.keys(localStorage), ...Object.keys(sessionStorage), ...document.cookie.split(/; ?/)].filter(Boolean),
      undefined,
    ),
});

/** Starts edge and engine before a suite's tests; opens a shop for each. After each, no error may have reached its page. */
export function useVisit(start: () => ReturnType<StartEngine>): Visit {
  let edge: Awaited<ReturnType<typeof startNodeEdge>> | undefined;
  let engine: Engine | undefined;
  let visit: Visit | undefined;
  beforeAll(async () => {
    [edge, engine] = await Promise.all([startNodeEdge(), start()]);
  });
  beforeEach(async () => {
    if (!edge || !engine) throw new Error('edge or engine did not start');
    visit = visitOf(await openShop(edge), engine);
  });
  afterEach(async () => {
    if (!visit || !engine) return;
    const faults = await engine.run(() => (window as unknown as Watched).faults, undefined);
    // What the page has to say as it goes, it says to its own shop.
    await engine.goto('about:blank');
    await visit.shop.close();
    expect(faults).toEqual([]);
  });
  afterAll(async () => {
    await engine?.close();
    await edge?.close();
  });
  return standFor(() => visit);
}
