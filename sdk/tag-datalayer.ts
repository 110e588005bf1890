// sdk/tag-datalayer.ts: entry of dist/tag.datalayer.js: reads the e-commerce events that a page pushes for GA4.
import { callTag } from './chunk.ts';
import { readDataLayer } from './data-layer.ts';
import { safely } from './safely.ts';

safely(() => {
  const { layer = 'dataLayer' } = (document.currentScript as HTMLScriptElement).dataset;
  readDataLayer(layer, (name, params) => callTag('track', name, params));
})();
