// sdk/testing.ts: a browser's page for the tag's unit tests, with a fixed clock and fixed randomness.
import { vi } from 'vitest';
import type { Consent, WireBatch } from '../contract/index.ts';
import { decodeBatch } from '../contract/wire-decode.ts';
import type { Hushtag, TagOptions } from './api.ts';

/** When every fake page loads: 2026-11-26T12:00:00Z. */
export const T0 = 1_795_694_400_000;

interface Reply {
  readonly status: number;
  readonly retryAfter?: string;
}

/** What a test decides about the page before the tag starts. */
export interface PageSetup {
  readonly url?: string;
  readonly referrer?: string;
  readonly title?: string;
  readonly stored?: Readonly<Record<string, string>>;
  readonly gpc?: boolean;
  readonly automated?: boolean;
  readonly prerendering?: boolean;
  /** Every use of storage throws, as where cookies are blocked. */
  readonly storageThrows?: boolean;
  /** Storage can be read, and takes nothing. */
  readonly storageIsFull?: boolean;
  /** How the collector answers; a thrown error is a network failure. 202 where absent. */
  readonly reply?: (attempt: number) => Reply | Promise<Reply>;
  readonly sendBeacon?: (body: string) => boolean;
  /** Core instead of Full. */
  readonly core?: boolean;
}

/** A fake page and what was seen of the tag. */
export interface Page {
  readonly tag: Hushtag;
  /** Messages by fetch, each attempt; and whether each asked for keepalive. */
  readonly fetched: readonly WireBatch[];
  readonly keepalive: readonly boolean[];
  readonly beacons: readonly WireBatch[];
  readonly urls: readonly string[];
  readonly stored: ReadonlyMap<string, string>;
  /** Uses of storage so far. */
  readonly storageUses: () => number;
  readonly setTitle: (title: string) => void;
  /** Calls history.pushState as the page would. */
  readonly push: (path: string) => void;
  /** Scrolls so that the window shows down to this share of the page, per cent. */
  readonly scrollTo: (percent: number) => void;
  /** Gives the window the focus, or takes it. */
  readonly setFocus: (isFocused: boolean) => void;
  readonly fire: (type: string, event?: object) => void;
  readonly setHidden: (isHidden: boolean) => void;
  readonly activate: () => void;
  /** Lets time pass, with all timers and answers that fall into it. */
  readonly pass: (ms: number) => Promise<void>;
}

/** Local storage as an object whose properties are what is stored. */
const fakeStorage = (stored: Map<string, string>, use: () => void, isFull = false): object =>
  new Proxy(
    {},
    {
      get: (_target, key) => {
        use();
        return stored.get(String(key));
      },
      set: (_target, key, text) => {
        use();
        if (isFull) throw new Error('The quota has been exceeded.');
        stored.set(String(key), String(text));
        return true;
      },
      deleteProperty: (_target, key) => {
        use();
        stored.delete(String(key));
        return true;
      },
    },
  );

/** Randomness that counts: bytes, words and UUIDs alike. Two digits at least, as random numbers have. */
const countUp = () => {
  let next = 9;
  return {
    getRandomValues: (into: Uint32Array) => into.map(() => (next += 1)),
  };
};

function fakeNetwork(setup: PageSetup) {
  const fetched: WireBatch[] = [];
  const keepalive: boolean[] = [];
  const beacons: WireBatch[] = [];
  const urls: string[] = [];
  const fetch = async (url: string, init: { readonly body: string; readonly keepalive: boolean }) => {
    urls.push(url);
    fetched.push(JSON.parse(init.body) as WireBatch);
    keepalive.push(init.keepalive);
    const { status, retryAfter } = (await setup.reply?.(fetched.length)) ?? { status: 202 };
    const headers = new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter });
    return { status, headers };
  };
  const sendBeacon = (url: string, body: string): boolean => {
    if (setup.sendBeacon?.(body) === false) return false;
    urls.push(url);
    beacons.push(JSON.parse(body) as WireBatch);
    return true;
  };
  return { fetched, keepalive, beacons, urls, fetch, sendBeacon };
}

/** Opens a page and starts the tag on it. The tag's state is its modules', so each page gets fresh ones. */
export async function openPage(options: Partial<TagOptions> = {}, setup: PageSetup = {}): Promise<Page> {
  vi.useFakeTimers({ now: T0, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const target = new EventTarget();
  const network = fakeNetwork(setup);
  const stored = new Map(Object.entries(setup.stored ?? {}));
  let storageUses = 0;
  const storage = fakeStorage(
    stored,
    () => {
      storageUses += 1;
      if (setup.storageThrows) throw new Error('The operation is insecure.');
    },
    setup.storageIsFull,
  );
  const location = { href: setup.url ?? 'https://shop.example/' };
  const go = (_state: unknown, _unused: string, url: string): void => {
    location.href = new URL(url, location.href).href;
  };
  let hasFocus = true;
  const document = {
    title: setup.title ?? 'Shop',
    referrer: setup.referrer ?? '',
    hidden: setup.prerendering ?? false,
    hasFocus: () => hasFocus,
    documentElement: { scrollHeight: 4_000 },
    prerendering: setup.prerendering ?? false,
    addEventListener: target.addEventListener.bind(target),
  };
  const history = { pushState: go, replaceState: go };
  const fire = (type: string, event: object = {}): void => {
    target.dispatchEvent(Object.assign(new Event(type), event));
  };
  const navigator = {
    webdriver: setup.automated ?? false,
    ...(setup.gpc === undefined ? {} : { globalPrivacyControl: setup.gpc }),
    sendBeacon: network.sendBeacon,
  };
  const globals = {
    document, history, location, navigator, localStorage: storage, fetch: network.fetch,
    scrollY: 0, innerHeight: 800, crypto: countUp(), addEventListener: target.addEventListener.bind(target), window: globalThis,
  }; // biome-ignore format: a list
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);

  vi.resetModules();
  const start = setup.core ? (await import('./start.ts')).startTag : (await import('./full.ts')).startFull;
  const tag = start({ site: 'shop', collector: 'https://c.example', ...options });
  return {
    tag,
    ...network,
    stored,
    storageUses: () => storageUses,
    setTitle: (title) => void Object.assign(document, { title }),
    push: (path) => history.pushState(null, '', path),
    fire,
    scrollTo: (percent) => {
      vi.stubGlobal('scrollY', (percent / 100) * 4_000 - 800);
      fire('scroll');
    },
    setFocus: (isFocused) => {
      hasFocus = isFocused;
      fire(isFocused ? 'focus' : 'blur');
    },
    setHidden: (isHidden) => {
      document.hidden = isHidden;
      fire('visibilitychange');
    },
    activate: () => {
      // In this order, as Chromium does.
      document.hidden = false;
      fire('visibilitychange');
      document.prerendering = false;
      fire('prerenderingchange');
    },
    pass: async (ms) => void (await vi.advanceTimersByTimeAsync(ms)),
  };
}

/**
 * Starts Full once more, as another page of the site would in the same browser: what was opened last is its window too, and its
 * messages are among that page's, told apart by their site.
 */
export async function openBeside(options: Partial<TagOptions>): Promise<Hushtag> {
  vi.resetModules();
  const { startFull } = await import('./full.ts');
  return startFull({ site: 'beside', collector: 'https://c.example', ...options });
}

/** The edge's reading of a message's consent; throws where it can't read it. */
export const consentOf = (message: WireBatch | undefined): Consent => {
  const decoded = decodeBatch(JSON.stringify(message));
  if (!decoded.ok) throw new Error(decoded.error);
  return decoded.value.consent;
};

/** Closes the page: the globals and the clock are the runtime's again. */
export function closePage(): void {
  vi.useRealTimers();
  vi.unstubAllGlobals();
}
