// edge/port.ts: what a platform must offer the edge. runtime/node.ts and runtime/worker.ts implement it.
import type { InStatement } from '@libsql/client';
import type { Condition, EpochMs, PurposeBits, TraitUnit } from '../contract/index.ts';
import type { Deliver, ExplainedBy, ExplainedTrait, KeepApart } from './api/privacy/needs.ts';
import type { Hmac, KeyProvider, NetworkList, Place } from '../core/index.ts';
import type { Metric } from './http/exposition.ts';
import type { OidcSettings } from './http/oidc-client.ts';
import type { FetchOut } from './http/outbound.ts';
import type { Db, SiteRow, WrappedSalt, WriteJob } from '../store/index.ts';

/** Why a write was not taken; nothing of it is kept, and the client may send it again. */
export type WriteRefusal = 'queue_full' | 'storage_unavailable';

/** A built script of the tag. */
export interface BuiltTag {
  readonly body: string;
  readonly etag: string;
}

/** A built file of the console. */
export interface ConsoleFile {
  readonly body: Uint8Array<ArrayBuffer>;
  /** Its Content-Type. */
  readonly type: string;
  readonly etag: string;
  /** The same, packed when it was built. */
  readonly packed: { readonly br?: Uint8Array<ArrayBuffer>; readonly gzip?: Uint8Array<ArrayBuffer> };
}

/** How many events a second one site, and one address of a site, may send on average; ten times as many at once. */
export interface Limits {
  readonly siteEventsPerSecond: number;
  readonly addressEventsPerSecond: number;
}

/** Counts of visitors by trait and range: of each trait of `traits`, in their order. */
export interface SpreadPort {
  readonly traits: readonly string[];
  readonly everybody: (
    db: Db,
    site: SiteRow,
    asOf: number,
  ) => Promise<{
    readonly cuts: readonly (readonly number[])[];
    readonly counts: readonly (readonly number[])[];
    readonly currency: string | undefined;
  }>;
  readonly segments: (
    db: Db,
    site: SiteRow,
    segments: readonly string[],
    cuts: readonly (readonly number[])[],
    asOf: number,
  ) => Promise<ReadonlyMap<string, readonly (readonly number[])[]>>;
}

/** Something that was looked at, in words for an operator. */
export interface HealthCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly words: string;
  /** What to do where it is not ok. */
  readonly todo: string | null;
}

/** Something that ended, for traces: what it was, and never of whom. */
export interface EndedSpan {
  readonly name: string;
  readonly kind: 'server' | 'internal';
  /** Epoch ms. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly isFailed: boolean;
  /** Routes, methods, states and counts alone (P1). */
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** What a platform must offer. Clock, randomness, address and storage come from nowhere else. */
export interface Port {
  readonly now: () => EpochMs;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  /** HMAC-SHA-256 under a salt by the platform's fastest means. The bytes may be zeroed once it has resolved. */
  readonly hmacOf: (salt: Uint8Array<ArrayBuffer>) => Promise<Hmac>;
  /** The client's network address as the platform vouches for it, or undefined. Never a header a client can set. */
  readonly clientAddress: (request: Request, env: unknown) => string | undefined;
  /** Where a client's address lies, by a list of the operator's or as the platform says with the request. */
  readonly placeOf: (address: string | undefined, request?: Request) => Place | undefined;
  /** Ground and derived tables, for what the API reads. */
  readonly db: Db;
  /** Ground tables for the collector; on Node a connection of its own, see store/open.node.ts. */
  readonly ground: Db;
  readonly keys: KeyProvider;
  readonly limits: Limits;
  /** What `GET /metrics` asks for; without one it is not there. */
  readonly metricsToken: string | undefined;
  /** What this platform alone knows of itself, for `GET /metrics`. */
  readonly metrics: () => Promise<readonly Metric[]>;
  /** Looks at everything an operator should know. */
  readonly health: () => Promise<readonly HealthCheck[]>;
  /** Whether there is room to write at all; false fails `/readyz` before a commit does. */
  readonly hasRoom: () => Promise<boolean>;
  /** Networks that no visitor sits in, where the operator lists any. */
  readonly dataCentres: NetworkList | undefined;
  /** Resolves once the job is durable (Node: committed; Workers: taken by the queue), or with why it isn't (D1). */
  readonly write: (job: WriteJob) => Promise<WriteRefusal | undefined>;
  /** Stores a salt unless its period has one; resolves once that is durable. Apart from `ground`, which only reads. */
  readonly keepSalt: (salt: WrappedSalt) => Promise<void>;
  /** Runs statements of an operator's request in one transaction, for what `write` has no job; resolves once that is durable. */
  readonly transact: (statements: readonly InStatement[]) => Promise<void>;
  /** Does something after some ms; absent where no timer outlives a request (Workers). */
  readonly later?: ((ms: number, work: () => void) => void) | undefined;
  /** The code of the last write's fault, or undefined where it worked or none was tried. */
  readonly writeFault: () => string | undefined;
  /** Writes one line to the operator's log. Values of visitors never go in. */
  readonly log: (
    level: 'info' | 'warn' | 'error',
    event: string,
    fields?: Readonly<Record<string, string | number>>,
  ) => void;
  /** Told of what ended, where the operator has a place for traces; where not, nothing is measured. */
  readonly onSpan?: ((span: EndedSpan) => void) | undefined;
  /** Calls out, to the public internet and what the operator names. */
  readonly fetchOut: FetchOut;
  /** How people log in by a provider; undefined where they do not. */
  readonly oidc: OidcSettings | undefined;
  /** How those are told of erasures whom data was given to. */
  readonly deliver: Deliver;
  /** How the second place hears at once of who was erased, objected or withdrew; undefined where there is none. */
  readonly keepApart: KeepApart | undefined;
  /** What a stored profile says, in words; the segmenter's to know. */
  readonly explainProfile: (state: string, asOf: EpochMs, by: ExplainedBy) => readonly ExplainedTrait[];
  /** The traits there are, for rules and for whoever reads them. */
  readonly traits: readonly { readonly id: string; readonly unit: TraitUnit; readonly description: string }[];
  /** Counts who fulfils conditions by the profiles as they are now; the segmenter's to know. */
  readonly previewRule: (
    db: Db,
    site: SiteRow,
    conditions: readonly Condition[],
    asOf: number,
  ) => Promise<{ readonly persons: number; readonly counts: readonly number[]; readonly sampledOneIn: number }>;
  /** What a stored profile says of consent and events; the segmenter's to know. */
  readonly readProfile: (state: string) => {
    readonly purposes: PurposeBits;
    readonly names: ReadonlyMap<string, number>;
  };
  /** How visitors spread over traits, exactly but for the sample; the segmenter's to know. */
  readonly spread: SpreadPort;
  /** Explains a daily series and forecasts it; undefined where it can't. The segmenter's to know. */
  readonly explainSeries: (
    values: Float64Array,
    horizonDays: number,
  ) =>
    | {
        readonly days: readonly {
          readonly value: number;
          readonly expected: number;
          readonly low: number;
          readonly high: number;
          readonly isAnomaly: boolean;
        }[];
        readonly forecast: readonly { readonly expected: number; readonly low: number; readonly high: number }[];
      }
    | undefined;
  /**
   * Rows of a CSV by the names of its first row; absent where no reader of CSV runs (Workers).
   * It throws `BrokenCsvError` where the bytes are none.
   */
  readonly readCsv?:
    | ((bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Readonly<Record<string, string>>>)
    | undefined;
  /** The built tags by file name (`tag.js`, `tag.full.js`, chunks), where this platform serves them itself. */
  readonly tags: ReadonlyMap<string, BuiltTag>;
  /** A built file of the console by its path under /console/, such as `index.html`. */
  readonly consoleFile: (name: string) => Promise<ConsoleFile | undefined>;
}
