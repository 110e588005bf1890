// sdk/tag-datalayer.ts: entry of dist/tag.datalayer.js: reads the e-commerce events that a page pushes for GA4.
import { COMMERCE_EVENTS } from '../contract/index.ts';
import { callTag } from './chunk.ts';
import { safely } from './safely.ts';

type Entry = Readonly<Record<string, unknown>>;
type Fields = Record<string, unknown>;
type DataLayer = unknown[];

const NAMES: readonly unknown[] = COMMERCE_EVENTS;
/** How deep an entry is read. GA4's items are two levels down; a loop in a page's object must end. */
const DEPTH_MAX = 6;

/** What Tag Manager's model would hold: `ecommerce` of all entries so far, merged. */
let ecommerce: Fields = {};

/** Merges as Tag Manager does, lists by place: that is why pages clear with `{ ecommerce: null }` before a push. */
const merge = (into: Fields, from: object, depth = DEPTH_MAX): void => {
  for (const [name, value] of Object.entries(from) as [string, unknown][]) {
    if (name === '__proto__') continue; // An entry that came as JSON can have it as a name.
    if (value && typeof value === 'object' && depth) {
      const isList = Array.isArray(value);
      const before = into[name];
      const inner =
        before && typeof before === 'object' && Array.isArray(before) === isList ? before : isList ? [] : {};
      merge((into[name] = inner) as Fields, value, depth - 1);
    } else into[name] = value;
  }
};

/** Tells an event that is one of GA4's for shops; what else a page pushes is its own affair. */
const tell = (name: unknown, params: unknown): void => {
  if (NAMES.includes(name)) callTag('track', name, params);
};

const read = safely((entry: Entry) => {
  // `gtag('event', 'purchase', { … })` pushes its Arguments object.
  if (entry['0'] === 'event') tell(entry['1'], entry['2']);
  if (entry['ecommerce'] === null) ecommerce = {};
  else merge(ecommerce, entry['ecommerce'] ?? {});
  // A copy: the next push may change the model before the tag has read this one.
  if (entry['event'])
    tell(entry['event'], { ...JSON.parse(JSON.stringify(ecommerce)), search_term: entry['search_term'] });
});

safely(() => {
  const { layer = 'dataLayer' } = (document.currentScript as HTMLScriptElement).dataset;
  // A page that loads this chunk first gets the list that its tag manager would make.
  const dataLayer = ((window as unknown as Record<string, DataLayer>)[layer] ??= []);
  const { push } = dataLayer;
  dataLayer.forEach((entry) => read(entry as Entry));
  dataLayer.push = function (...entries) {
    entries.forEach((entry) => read(entry as Entry));
    return push.apply(this, entries);
  };
})();
