// e2e/tag/hostile-pages.ts: pages that break what the tag and its optional scripts rely on.
import type { Page } from 'playwright-core';

/** Notes what is thrown into a page, from now on. */
export const noteErrors = async (page: Page): Promise<string[]> => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.addInitScript(() => {
    window.addEventListener('unhandledrejection', (event) => console.error('unhandled', event.reason));
  });
  page.on('console', (line) => {
    if (line.text().startsWith('unhandled')) errors.push(line.text());
  });
  return errors;
};

/** A page, and what breaks it, which runs there before anything else. */
export interface HostilePage {
  readonly why: string;
  readonly prepare: () => void;
  /** Whether events can leave it all the same. */
  readonly delivers: boolean;
}

/** What was seen in the wild, or may be. */
export const HOSTILE: readonly HostilePage[] = [
  { why: 'is friendly', prepare: () => undefined, delivers: true },
  { why: 'has no storage', delivers: true, prepare: () => {
    Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });
  } },
  { why: 'has a full storage', delivers: true, prepare: () => {
    Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
  } },
  { why: 'lets no beacon through', delivers: true, prepare: () => { Navigator.prototype.sendBeacon = () => false; } },
  { why: 'has a beacon that throws', delivers: true, prepare: () => {
    Navigator.prototype.sendBeacon = () => { throw new TypeError('patched'); };
  } },
  { why: 'has a fetch that throws', delivers: true, prepare: () => { window.fetch = () => { throw new TypeError('patched'); }; } },
  { why: 'has a fetch that returns nothing', delivers: true, prepare: () => { window.fetch = () => undefined as never; } },
  { why: 'has no randomness', delivers: false, prepare: () => {
    Crypto.prototype.getRandomValues = () => { throw new Error('patched'); };
  } },
  { why: 'has no Intl', delivers: true, prepare: () => { Object.defineProperty(window, 'Intl', { value: undefined }); } },
  { why: 'has timers that throw', delivers: true, prepare: () => {
    Object.assign(window, { setTimeout: () => { throw new Error('patched'); } });
  } },
  { why: 'has timers that throw, and no network', delivers: false, prepare: () => {
    Object.assign(window, { setTimeout: () => { throw new Error('patched'); }, fetch: async () => { throw new TypeError('offline'); } });
    Navigator.prototype.sendBeacon = () => false;
  } },
  { why: 'has no microtasks', delivers: true, prepare: () => {
    Object.assign(window, { queueMicrotask: () => { throw new Error('patched'); } });
  } },
  { why: 'has no history to patch', delivers: true, prepare: () => { Object.freeze(History.prototype); Object.freeze(history); } },
]; // biome-ignore format: a table
