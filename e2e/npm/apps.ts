// e2e/npm/apps.ts: the same small shop in React and in Vue: two routes, a choice, a purchase; rendered by a server, then hydrated.

/** A shop as source: modules that a bundler and Node both read. */
export interface App {
  readonly name: string;
  /** Packages of ours that the project needs beside the tag. */
  readonly links: readonly string[];
  /** Exports `app(collector, consent)`. */
  readonly shared: string;
  /** Renders it to text, on a server. */
  readonly server: string;
  /** Takes the server's markup over. */
  readonly client: string;
}

const ROUTER = `
const paths = { '/': 'Shop', '/tea': 'Tea' };`;

const REACT: App = {
  name: 'React',
  links: ['react', 'react-dom', 'scheduler'],
  shared: `
import { createElement as h, useEffect, useState } from 'react';
import { HushtagProvider, useHushtag } from '@hushtag/tag/WRAPPER';
${ROUTER}
function Page({ path }) {
  const tag = useHushtag();
  // A child's effect runs before its provider's: no call of it may be lost.
  useEffect(() => { tag.view_item({ items: [{ item_id: path }] }); document.title = paths[path]; }, [path]);
  return h('button', { id: 'buy', onClick: () => tag.purchase({ transaction_id: 'T-1', currency: 'EUR', value: 1 }) }, paths[path]);
}
function Shop({ collector, first }) {
  const [consent, choose] = useState(first);
  const [path, go] = useState('/');
  const walk = () => { history.pushState(null, '', '/tea'); go('/tea'); };
  return h(HushtagProvider, { site: 'shop', collector, policy: 'strict', consent },
    h('button', { id: 'go', onClick: walk }, 'go'),
    h('button', { id: 'yes', onClick: () => choose('grant') }, 'yes'),
    h('button', { id: 'no', onClick: () => choose({ purposes: [] }) }, 'no'),
    h(Page, { path }));
}
export const app = (collector, first) => h(Shop, { collector, first });`,
  server: `
import { renderToString } from 'react-dom/server';
import { app } from './shared.js';
export const html = async (collector, first) => renderToString(app(collector, first));`,
  client: `
import { StrictMode, createElement } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { app } from './shared.js';
hydrateRoot(document.getElementById('app'), createElement(StrictMode, null, app(collector, first)), {
  onRecoverableError: (error) => { window.mismatch = String(error); },
});`,
};

const VUE: App = {
  name: 'Vue',
  links: ['vue', '@vue'],
  shared: `
import { createSSRApp, h, onMounted, ref, watch } from 'vue';
import { createHushtag, useHushtag } from '@hushtag/tag/vue';
${ROUTER}
const Page = {
  props: ['path'],
  setup(props) {
    const tag = useHushtag();
    const seen = () => { tag.view_item({ items: [{ item_id: props.path }] }); document.title = paths[props.path]; };
    onMounted(seen);
    watch(() => props.path, seen);
    return () => h('button', { id: 'buy', onClick: () => tag.purchase({ transaction_id: 'T-1', currency: 'EUR', value: 1 }) }, paths[props.path]);
  },
};
export const app = (collector, first) => {
  const consent = ref(first);
  const path = ref('/');
  const walk = () => { history.pushState(null, '', '/tea'); path.value = '/tea'; };
  const Shop = { render: () => [
    h('button', { id: 'go', onClick: walk }, 'go'),
    h('button', { id: 'yes', onClick: () => { consent.value = 'grant'; } }, 'yes'),
    h('button', { id: 'no', onClick: () => { consent.value = { purposes: [] }; } }, 'no'),
    h(Page, { path: path.value }),
  ] };
  return createSSRApp(Shop).use(createHushtag({ site: 'shop', collector, policy: 'strict', consent }));
};`,
  server: `
import { renderToString } from 'vue/server-renderer';
import { app } from './shared.js';
export const html = async (collector, first) => renderToString(app(collector, first));`,
  client: `
import { app } from './shared.js';
const shop = app(collector, first);
shop.config.warnHandler = (text) => { window.mismatch = text; };
shop.mount('#app');`,
};

const withWrapper = (app: App, wrapper: string): App => ({ ...app, shared: app.shared.replace('WRAPPER', wrapper) });

/** The shops. Next's wrapper is React's behind a boundary, so it runs in the same shop. */
export const APPS: readonly App[] = [
  withWrapper(REACT, 'react'),
  { ...withWrapper(REACT, 'next'), name: 'React by the entry for Next' },
  VUE,
];
