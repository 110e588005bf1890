// segmenter/profiles/site-traits.ts: a site's own traits, made ready to fold events by and to read values from profiles.
import type { PropertyValue, TraitUnit } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import type { SiteTrait, TraitCheck, TraitEvents, TraitField, TraitPart } from '../../core/index.ts';
import {
  DEFAULT_SOURCE,
  isAmountField,
  propertyOf,
  readsOf,
  SIPHASH_KEY_BYTES,
  sipHash,
  unitOf,
} from '../../core/index.ts';
import type { OwnPart, OwnParts } from './own-parts.ts';
import { addPart, EVER, OWN_TEXT_CHARS_MAX, partSince } from './own-parts.ts';
import { STATE_VERSION } from './state.ts';

/** What an event tells beyond what hushtag's own traits read. */
export interface ToldFields {
  readonly path?: string;
  readonly referrer?: string;
  readonly campaign?: string;
  readonly currency?: string;
  readonly value?: number;
  readonly discount?: number;
  readonly properties?: Readonly<Record<string, PropertyValue>>;
}

/** An event as a site's traits read it. */
export interface ToldEvent {
  readonly at: number;
  readonly name: string;
  readonly source?: string;
  readonly told?: ToldFields;
}

/** A site's own traits. */
export interface SiteTraits {
  readonly definitions: readonly SiteTrait[];
  /** Version of the states that are folded by them: another as soon as a definition is. */
  readonly foldVersion: number;
  /** The events they read, sorted. */
  readonly names: readonly string[];
  /** Adds what an event is to them. */
  readonly fold: (parts: OwnParts, event: ToldEvent) => void;
  /** A trait of the site by its id; undefined where the site has none of it. */
  readonly traitOf: (id: string) => ReadyTrait | undefined;
}

/** One trait, ready to be read. */
export interface ReadyTrait {
  readonly id: string;
  readonly unit: TraitUnit;
  readonly description: string;
  /** Whether time alone can change it. */
  readonly isTimed: boolean;
  /** Undefined where the profile does not say; no event is a count of 0. */
  readonly of: (parts: OwnParts, asOf: number) => PropertyValue | undefined;
}

/** Property numbers are summed in thousandths, so that sums stay whole and hang on no order. */
const THOUSANDTHS = 1_000;
const NUMBER_MAX = 1_000_000_000;
const HASH_KEY = new Uint8Array(SIPHASH_KEY_BYTES);
const encoder = new TextEncoder();

/** Two 32-bit numbers of a text, the same everywhere. */
const hashOf = (text: string): readonly [number, number] => sipHash(HASH_KEY, encoder.encode(text));
const keyOf = (text: string): string => {
  const [low, high] = hashOf(text);
  return low.toString(36) + high.toString(36);
};

type Kind = 'count' | 'sum' | 'first' | 'last' | 'distinct';

/** What one part is made of. */
interface Making {
  readonly key: string;
  readonly kind: Kind;
  readonly names: ReadonlySet<string>;
  readonly where: readonly TraitCheck[];
  readonly field: TraitField | undefined;
  readonly isWindowed: boolean;
}

function makingOf(kind: Kind, { events, where = [], field }: TraitPart, window: number | undefined): Making {
  const isWindowed = window !== undefined;
  const names = [...new Set(events)].sort();
  // How long a window is makes no other parts, only whether there is one.
  const key = keyOf(JSON.stringify([kind, names, where, field ?? '', isWindowed]));
  return { key, kind, names: new Set(names), where, field, isWindowed };
}

/** Makes definitions ready; they were checked when they were kept (core/site-traits.ts). */
export function readySiteTraits(definitions: readonly SiteTrait[]): SiteTraits {
  const makings = new Map<string, Making>();
  const add = (kind: Kind, of: TraitPart, window: number | undefined): Making => {
    const making = makingOf(kind, of, window);
    makings.set(making.key, making);
    return making;
  };
  const traits = new Map(definitions.map((definition) => [definition.id, readyTrait(definition, add)]));
  const all = [...makings.values()];
  const keys = [...makings.keys()].sort();
  return {
    definitions,
    foldVersion: keys.length === 0 ? STATE_VERSION : STATE_VERSION + THOUSANDTHS * (1 + hashOf(keys.join())[0]),
    names: [...new Set(definitions.flatMap((one) => readsOf(one).flatMap(({ events }) => events)))].sort(),
    fold: (parts, event) => {
      for (const making of all) foldOne(making, parts, event);
    },
    traitOf: (id) => traits.get(id),
  };
}

/** Of a site without any. */
export const NO_SITE_TRAITS: SiteTraits = readySiteTraits([]);

function readyTrait(
  definition: SiteTrait,
  add: (kind: Kind, of: TraitPart, window: number | undefined) => Making,
): ReadyTrait {
  const { id, description = id, window_days: window } = definition;
  const from = (asOf: number): number =>
    window === undefined ? Number.NEGATIVE_INFINITY : Math.floor(asOf / DAY_MS) - window + 1;
  const head = { id, description, unit: unitOf(definition), isTimed: window !== undefined };
  if ('ratio' in definition) {
    const part = (of: TraitPart): Making => add(of.field === undefined ? 'count' : 'sum', of, window);
    const [of, to] = [part(definition.ratio.of), part(definition.ratio.to)];
    return {
      ...head,
      of: (parts, asOf) => {
        const whole = numberOf(parts, to, from(asOf));
        return whole === 0 ? undefined : numberOf(parts, of, from(asOf)) / whole;
      },
    };
  }
  const [kind, of] = kindOf(definition);
  const making = add(kind, of, window);
  if (kind === 'count' || kind === 'sum') return { ...head, of: (parts, asOf) => numberOf(parts, making, from(asOf)) };
  return {
    ...head,
    of: (parts, asOf) => {
      const part = partSince(parts, making.key, from(asOf));
      if (kind === 'distinct') return part === undefined || typeof part === 'number' ? 0 : part.length - 1;
      return part === undefined || typeof part === 'number' || part[0] === 'distinct' ? undefined : part[2];
    },
  };
}

function kindOf(definition: Exclude<SiteTrait, { readonly ratio: unknown }>): readonly [Kind, TraitEvents & TraitPart] {
  if ('count' in definition) return ['count', definition.count];
  if ('sum' in definition) return ['sum', definition.sum];
  if ('first' in definition) return ['first', definition.first];
  return 'last' in definition ? ['last', definition.last] : ['distinct', definition.distinct];
}

const scaleOf = (field: TraitField | undefined): number =>
  field === undefined || isAmountField(field) ? 1 : THOUSANDTHS;

function numberOf(parts: OwnParts, { key, field }: Making, from: number): number {
  const part = partSince(parts, key, from);
  return typeof part === 'number' ? part / scaleOf(field) : 0;
}

function foldOne({ key, kind, names, where, field, isWindowed }: Making, parts: OwnParts, event: ToldEvent): void {
  if (!names.has(event.name) || !where.every((check) => passes(check, event))) return;
  const value = field === undefined ? 1 : fieldOf(event, field);
  if (value === undefined) return;
  const part = partOf(kind, field, value, event.at);
  if (part !== undefined) addPart(parts, key, isWindowed ? Math.floor(event.at / DAY_MS) : EVER, part);
}

function partOf(kind: Kind, field: TraitField | undefined, value: PropertyValue, at: number): OwnPart | undefined {
  switch (kind) {
    case 'count':
      return 1;
    case 'sum':
      return typeof value === 'number' && Math.abs(value) <= NUMBER_MAX
        ? Math.round(value * scaleOf(field))
        : undefined;
    case 'distinct':
      return ['distinct', keyOf(JSON.stringify(value))];
    case 'first':
    case 'last':
      // Cut and not dropped: cutting each alike keeps the fold free of order (M1).
      return [kind, at, typeof value === 'string' ? value.slice(0, OWN_TEXT_CHARS_MAX) : value];
  }
}

function fieldOf({ source = DEFAULT_SOURCE, told }: ToldEvent, field: TraitField): PropertyValue | undefined {
  const property = propertyOf(field);
  if (property !== undefined) {
    const properties = told?.properties;
    return properties !== undefined && Object.hasOwn(properties, property) ? properties[property] : undefined;
  }
  switch (field) {
    case 'source':
      return source;
    case 'path':
      return told?.path;
    case 'referrer':
      return told?.referrer;
    case 'campaign':
      return told?.campaign;
    case 'currency':
      return told?.currency;
    case 'value':
      return told?.value;
    case 'discount':
      return told?.discount;
    default:
      return undefined;
  }
}

function passes(check: TraitCheck, event: ToldEvent): boolean {
  const value = fieldOf(event, check.field);
  if (value === undefined) return check.known === false;
  if (check.known === false) return false;
  if (check.is !== undefined && !check.is.includes(value)) return false;
  if (check.starts_with !== undefined && !(typeof value === 'string' && value.startsWith(check.starts_with)))
    return false;
  if (check.at_least === undefined && check.at_most === undefined) return true;
  if (typeof value !== 'number') return false;
  return (
    (check.at_least === undefined || value >= check.at_least) && (check.at_most === undefined || value <= check.at_most)
  );
}
