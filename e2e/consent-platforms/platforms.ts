// e2e/consent-platforms/platforms.ts: real consent platforms, how a site sets each up, and how a visitor uses it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import type { Purpose } from '../../contract/index.ts';
import { recipeOf } from './recipes.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const locate = createRequire(import.meta.url);

/** What a visitor can do. Each ends once the platform has taken it. */
export interface Choices {
  readonly acceptAll: (page: Page) => Promise<unknown>;
  readonly refuseAll: (page: Page) => Promise<unknown>;
  readonly acceptMeasuring: (page: Page) => Promise<unknown>;
  /** After a grant; the page may reload. */
  readonly withdraw: (page: Page) => Promise<unknown>;
}

/** A platform on a site. */
export interface Platform extends Choices {
  readonly name: string;
  /** Scripts in their order; a string is one in the page itself, a function makes one that is loaded. */
  readonly scripts: readonly (string | (() => Promise<string>))[];
  /** The folder that the platform loads more from, by `/platform/` addresses. */
  readonly folder?: string;
  /** Whether it can ask for measuring alone in the same banner; otherwise another banner asks for nothing else. */
  readonly onlyMeasuring?: readonly (string | (() => Promise<string>))[];
  /** The purposes of "everything" and of "nothing"; all and none where absent. */
  readonly all?: readonly Purpose[];
  readonly nothing?: readonly Purpose[];
  /** The code in the contract's CONSENT_SOURCES that the tag names: the site's own call where absent. */
  readonly source?: number;
  /** Appears once the platform has started. */
  readonly isStarted: string;
}

const file = (path: string) => async (): Promise<string> => readFileSync(locate.resolve(path), 'utf8');
/** Bundles a module for the page, in place of its packages those that are named. */
const bundled =
  (code: string, alias: Readonly<Record<string, string>> = {}) =>
  async (): Promise<string> => {
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: ROOT, loader: 'jsx' },
      bundle: true,
      write: false,
      jsx: 'automatic',
      logLevel: 'silent',
      alias,
      define: { 'process.env.NODE_ENV': '"production"' },
    });
    return outputFiles[0]?.text ?? '';
  };
const click =
  (...selectors: readonly string[]) =>
  async (page: Page): Promise<void> => {
    for (const selector of selectors) await page.locator(selector).first().click();
  };
const call =
  (code: string) =>
  async (page: Page): Promise<unknown> =>
    page.evaluate(code);
/** Does something that reloads the page. */
const reloading = (act: (page: Page) => Promise<unknown>) => async (page: Page) =>
  Promise.all([page.waitForEvent('load'), act(page)]);
/** Runs code once the page has a body. */
const inBody = (code: string): string =>
  `{const start=()=>{${code}};document.body?start():addEventListener('DOMContentLoaded',start)}`;
const STUB = recipeOf('stub');
const measuringOnly = (recipe: string): string => recipe.replaceAll("'grant'", "{ purposes: ['measure'] }");

const vanilla: Platform = {
  name: 'vanilla-cookieconsent',
  scripts: [
    STUB,
    recipeOf('vanilla-cookieconsent'),
    file('vanilla-cookieconsent/dist/cookieconsent.umd.js'),
    inBody(`CookieConsent.run({
      hideFromBots: false,
      categories: { necessary: { enabled: true, readOnly: true }, analytics: {}, marketing: {} },
      language: { default: 'en', translations: { en: {
        consentModal: { title: 'Cookies', acceptAllBtn: 'All', acceptNecessaryBtn: 'None', showPreferencesBtn: 'Some' },
        preferencesModal: { title: 'Cookies', acceptAllBtn: 'All', acceptNecessaryBtn: 'None', savePreferencesBtn: 'Save',
          sections: [{ title: 'Analytics', linkedCategory: 'analytics' }, { title: 'Marketing', linkedCategory: 'marketing' }] },
      } } },
    })`),
  ],
  isStarted: '.cm__btn[data-role="all"]',
  acceptAll: click('.cm__btn[data-role="all"]'),
  refuseAll: click('.cm__btn[data-role="necessary"]'),
  // Its toggles are covered by what is drawn over them.
  acceptMeasuring: call(`CookieConsent.acceptCategory(['analytics'])`),
  withdraw: call('CookieConsent.acceptCategory([])'),
};

const klaro: Platform = {
  name: 'klaro',
  scripts: [
    STUB,
    recipeOf('klaro'),
    `window.klaroConfig = { acceptAll: true, services: ['analytics', 'marketing'].map((name) => (
      { name, purposes: [name], onAccept: tellHushtag, onDecline: tellHushtag })) }`,
    file('klaro/dist/klaro-no-css.js'),
    // Added to a page that has loaded, it doesn't start by itself.
    `if (document.readyState === 'complete') klaro.setup(klaroConfig)`,
  ],
  isStarted: '.klaro .cm-btn-success',
  acceptAll: click('.klaro .cm-btn-success'),
  refuseAll: click('.klaro .cm-btn.cn-decline'),
  acceptMeasuring: click('.klaro .cn-learn-more', '.klaro label[for="service-item-analytics"]', '.klaro .cm-btn-accept'),
  withdraw: async (page) => {
    await call('void klaro.show(undefined, true)')(page);
    await click('.klaro .cm-modal label[for="service-item-analytics"]', '.klaro .cm-modal .cm-btn-accept')(page);
  },
}; // biome-ignore format: an adapter reads better whole

const osanoScripts = (recipe: string): Platform['scripts'] => [
  STUB,
  recipe,
  file('cookieconsent/build/cookieconsent.min.js'),
  inBody(`cookieconsent.initialise({ type: 'opt-in', ...hushtagCallbacks }, (popup) => { window.popup = popup })`),
];
const osano: Platform = {
  name: 'cookieconsent',
  scripts: osanoScripts(recipeOf('cookieconsent')),
  onlyMeasuring: osanoScripts(measuringOnly(recipeOf('cookieconsent'))),
  isStarted: '.cc-allow',
  acceptAll: click('.cc-allow'),
  refuseAll: click('.cc-deny'),
  acceptMeasuring: click('.cc-allow'),
  // Its button slides in from under the page's edge; this is what it does.
  withdraw: call('popup.revokeChoice()'),
};

const tarteaucitron: Platform = {
  name: 'tarteaucitron',
  folder: dirname(locate.resolve('tarteaucitronjs')),
  scripts: [
    STUB,
    file('tarteaucitronjs/tarteaucitron.min.js'),
    `tarteaucitron.init({ privacyUrl: '' })`,
    recipeOf('tarteaucitron'),
  ],
  // Its buttons are there before they do anything; it numbers these as it connects them.
  isStarted: '#tarteaucitron:has(.catToggleBtn[data-index]):has(#hushtagprofileAllowed)',
  acceptAll: click('#tarteaucitronPersonalize2'),
  refuseAll: click('#tarteaucitronAllDenied2'),
  acceptMeasuring: click('#tarteaucitronCloseAlert', '#hushtagAllowed', '#tarteaucitronClosePanel'),
  // The banner is there still, as the other service was not answered. Closing the panel reloads the page, as a service was running.
  // By its own calls: its buttons do nothing in their first moments.
  withdraw: reloading(
    call(
      `const { userInterface } = tarteaucitron; userInterface.openPanel(); userInterface.respond(document.getElementById('hushtagDenied'), false); userInterface.closePanel();`,
    ),
  ),
};

const orejime: Platform = {
  name: 'orejime',
  scripts: [
    STUB,
    recipeOf('orejime'),
    `window.orejimeConfig = { privacyPolicyUrl: '/privacy', purposes: ['analytics', 'marketing'].map((id) => ({ id, title: id, cookies: [] })) }`,
    file(`${ROOT}node_modules/orejime/dist/orejime-standard-en.js`),
  ],
  isStarted: '.orejime-Banner-saveButton',
  acceptAll: click('.orejime-Banner-saveButton'),
  refuseAll: click('.orejime-Banner-declineButton'),
  acceptMeasuring: call('orejime.manager.setConsents({ analytics: true, marketing: false })'),
  withdraw: call('orejime.manager.declineAll()'),
}; // biome-ignore format: an adapter reads better whole

const c15t: Platform = {
  name: 'c15t',
  scripts: [
    STUB,
    bundled(`${recipeOf('c15t')}
      // c15t brings no banner of its own.
      window.c15t = consentStore;
      document.documentElement.dataset.started = '';`),
  ],
  isStarted: '[data-started]',
  acceptAll: call(`c15t.getState().saveConsents('all')`),
  refuseAll: call(`c15t.getState().saveConsents('necessary')`),
  acceptMeasuring: call(`c15t.getState().setConsent('measurement', true)`),
  withdraw: reloading(call(`void c15t.getState().saveConsents('necessary')`)),
};

const reactScripts = (recipe: string): Platform['scripts'] => [
  STUB,
  bundled(`${recipe}
    import { resetCookieConsentValue } from 'react-cookie-consent';
    import { createRoot } from 'react-dom/client';
    const start = () => createRoot(document.body.appendChild(document.createElement('div'))).render(<Banner />);
    document.body ? start() : addEventListener('DOMContentLoaded', start);
    window.withdraw = () => {
      resetCookieConsentValue();
      hushtag.consent('refuse');
    };`),
];
const react: Platform = {
  name: 'react-cookie-consent',
  scripts: reactScripts(recipeOf('react-cookie-consent')),
  onlyMeasuring: reactScripts(measuringOnly(recipeOf('react-cookie-consent'))),
  isStarted: '#rcc-confirm-button',
  acceptAll: click('#rcc-confirm-button'),
  refuseAll: click('#rcc-decline-button'),
  acceptMeasuring: click('#rcc-confirm-button'),
  withdraw: call('window.withdraw()'),
};

const tcf = (scope: string, version: string): Platform => ({
  name: `TCF by ${scope} ${version}`,
  scripts: [
    file(`${scope}/stub`),
    bundled(`import './e2e/consent-platforms/tcf-cmp.ts'`, {
      '@iabtechlabtcf/core': `${scope}/core`,
      '@iabtechlabtcf/cmpapi': `${scope}/cmpapi`,
    }),
  ],
  all: ['measure', 'profile', 'personalise'],
  source: 3,
  isStarted: '[data-started]',
  acceptAll: call('cmp.choose([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])'),
  refuseAll: call('cmp.choose([])'),
  acceptMeasuring: call('cmp.choose([1, 7, 8, 9])'),
  withdraw: call('cmp.choose([])'),
});

const gpp: Platform = {
  name: 'GPP by @iabgpp',
  scripts: [bundled(`import './e2e/consent-platforms/gpp-cmp.ts'`)],
  nothing: ['measure'],
  source: 4,
  isStarted: '[data-started]',
  acceptAll: call('cmp.optOutOf([])'),
  refuseAll: call(`cmp.optOutOf(['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut'])`),
  acceptMeasuring: call(`cmp.optOutOf(['SaleOptOut'])`),
  withdraw: call(`cmp.optOutOf(['SharingOptOut'])`),
};

/** All that are tried. */
export const PLATFORMS: readonly Platform[] = [
  vanilla,
  klaro,
  osano,
  tarteaucitron,
  orejime,
  c15t,
  react,
  tcf('@iabtechlabtcf', '1.5.21'),
  tcf('@iabtcf', '1.5.6'),
  gpp,
];
