// e2e/tag/traps.ts: notes in a page every use of what stores or sends, or tells one browser from another.
import type { Page } from 'playwright-core';

/** Runs in a page before anything else: from then on `window.touched` has the name of each use. */
export function setTraps(): void {
  const touched: string[] = [];
  Object.assign(window, { touched });
  const trap = (owner: object, name: string): void => {
    const found = Object.getOwnPropertyDescriptor(owner, name);
    if (typeof found?.value === 'function') {
      const original = found.value as (...given: unknown[]) => unknown;
      const noted = function (this: unknown, ...given: unknown[]): unknown {
        touched.push(name);
        return Reflect.apply(original, this, given);
      };
      Object.defineProperty(owner, name, { ...found, value: noted });
      return;
    }
    Object.defineProperty(owner, name, {
      ...found,
      get() {
        touched.push(name);
        return found?.get?.call(this) as unknown;
      },
    });
  };
  for (const name of ['getItem', 'setItem', 'removeItem', 'clear', 'key']) trap(Storage.prototype, name);
  for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'cookieStore', 'fetch'])
    trap(window, name);
  trap(Document.prototype, 'cookie');
  trap(Navigator.prototype, 'sendBeacon');
  trap(XMLHttpRequest.prototype, 'open');
  trap(IDBFactory.prototype, 'open');
  // What fingerprints are made of; not every engine has each.
  const fingerprints: readonly (readonly [owner: object | undefined, names: readonly string[]])[] = [
    [
      Navigator.prototype,
      [
        'userAgent',
        'userAgentData',
        'language',
        'languages',
        'platform',
        'plugins',
        'mimeTypes',
        'hardwareConcurrency',
        'deviceMemory',
        'maxTouchPoints',
        'mediaDevices',
        'connection',
        'getBattery',
        'doNotTrack',
        'vendor',
      ],
    ],
    [Screen.prototype, ['width', 'height', 'availWidth', 'availHeight', 'colorDepth', 'pixelDepth']],
    [window, ['devicePixelRatio', 'matchMedia', 'screen']],
    [Document.prototype, ['fonts']],
    [Date.prototype, ['getTimezoneOffset']],
    [Intl.DateTimeFormat.prototype, ['resolvedOptions']],
    [HTMLCanvasElement.prototype, ['getContext', 'toDataURL', 'toBlob']],
    [window.WebGLRenderingContext?.prototype, ['getParameter', 'getExtension']],
    [window.BaseAudioContext?.prototype, ['createOscillator', 'createDynamicsCompressor']],
  ];
  for (const [owner, names] of fingerprints)
    for (const name of names) if (owner && Object.hasOwn(owner, name)) trap(owner, name);
}

/** What a page has used so far, in order. */
export const touchedIn = async (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => [...(window as unknown as { readonly touched: readonly string[] }).touched]);
