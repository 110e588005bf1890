// sdk/data-layer.ts: reads the e-commerce events that a page pushes for GA4.
import { COMMERCE_EVENTS } from '../contract/index.ts';
import { safely } from './safely.ts';

type Entry = Readonly<Record<string, unknown>>;
type Fields = Record<string, unknown>;
type DataLayer = unknown[];

const NAMES: readonly unknown[] = COMMERCE_EVENTS;
/** How deep an entry is read. GA4's items are two levels down; a loop in a page's object must end. */
const DEPTH_MAX = 6;
/** Fields of an entry that are read: 200 items of twenty are 4,000. What a page's object leads to, a part of the page itself say, has no end. */
const FIELDS_MAX = 20_000;

/** What Tag Manager's model would hold: `ecommerce` of all entries so far, merged. */
let ecommerce: Fields = {};

let fieldsLeft = 0;

/** Merges as Tag Manager does, lists by place: that is why pages clear with `{ ecommerce: null }` before a push. */
const merge = (into: Fields, from: object, depth = DEPTH_MAX): void => {
  for (const [name, value] of Object.entries(from) as [string, unknown][]) {
    fieldsLeft -= 1;
    if (fieldsLeft < 0) throw new RangeError('too many fields');
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

/** Takes an event by its name and parameters. */
type Tell = (name: string, params: unknown) => void;

/** Tells an event that is one of GA4's for shops; what else a page pushes is its own affair. */
const read = (entry: Entry, tellTag: Tell): void => {
  const tell = (name: unknown, params: unknown): void => {
    if (NAMES.includes(name)) tellTag(name as string, params);
  };
  fieldsLeft = FIELDS_MAX;
  // `gtag('event', 'purchase', { … })` pushes its Arguments object.
  if (entry['0'] === 'event') tell(entry['1'], entry['2']);
  if (entry['ecommerce'] === null) ecommerce = {};
  else merge(ecommerce, entry['ecommerce'] ?? {});
  // A copy: the next push may change the model before the tag has read this one.
  if (entry['event'])
    tell(entry['event'], { ...JSON.parse(JSON.stringify(ecommerce)), search_term: entry['search_term'] });
};

/** Reads what a page has pushed and will push to the list of this name, which is made where there is none yet. Never throws (S1). */
export const readDataLayer: (layer: string, tell: Tell) => void = safely((layer: string, tell: Tell) => {
  // A page that loads the tag first gets the list that its tag manager would make.
  const dataLayer = ((window as unknown as Record<string, DataLayer>)[layer] ??= []);
  const { push } = dataLayer;
  const take = safely((entry: unknown) => read(entry as Entry, tell));
  dataLayer.forEach((entry) => take(entry));
  dataLayer.push = function (...entries) {
    // The page calls this: what it has made of its lists must not come back to it.
    safely(() => entries.forEach((entry) => take(entry)))();
    return push.apply(this, entries);
  };
});
