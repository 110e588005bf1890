// edge/api/privacy/needs.ts: what answering a request about somebody's data needs of its surroundings.
import type { EpochMs, FirstPartyId, PropertyValue, Result, VisitorKey } from '../../../contract/index.ts';
import type { AccountId, KeyProvider, SiteTrait } from '../../../core/index.ts';
import type { Db, Kept, KeptVisitorModel, RequestKind, Site } from '../../../store/index.ts';

/** How a person is named. It never leaves the request (P1). */
export type Subject =
  | { readonly kind: 'first_party_id'; readonly firstPartyId: FirstPartyId }
  | { readonly kind: 'account'; readonly account: AccountId };

/** Why nobody, we included, can tell what is theirs (GDPR Art. 11): the secret their pseudonym was made with is gone, or never was. */
export type NotIdentified = 'salt_gone';

/** What a person is known by in the database: visitor keys, and those of the login they were named by. */
export interface KnownAs {
  readonly visitors: readonly VisitorKey[];
  readonly accounts: readonly string[];
  /**
   * Where nothing is stored under these keys, and something may be under one that nobody can make any more. What comes under these
   * is still heard: an erasure leaves its tombstone, an objection stands.
   */
  readonly doubt?: 'salt_destroyed';
}

/** Gives the keys that a person's data is stored under. No salt is made for the question. */
export type Identify = (site: Site, subject: Subject) => Promise<Result<KnownAs, NotIdentified>>;

/** Somebody that data of a site was given to, who must be told of an erasure (GDPR Art. 19). */
export interface Destination {
  readonly name: string;
  /** What it is given and why, for the person and the record of processing. */
  readonly purpose: string;
  /** Resolves with whether it took the message; never rejects. `visitors` are digests of the pseudonyms it may know. */
  readonly forget: (erasure: { readonly receipt: string; readonly visitors: readonly string[] }) => Promise<boolean>;
}

/** Posts a message to an address on the public internet, and to no other. @returns whether a 2xx came back; never rejects. */
export type Deliver = (message: {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}) => Promise<boolean>;

/**
 * Writes to the second place, which a restored database is told from: what one request or choice leaves, under a name of its own,
 * or without one everything there is. @returns whether it is there; also where no second place is set up. It never rejects.
 */
export type KeepApart = (news?: { readonly name: string; readonly kept: Kept }) => Promise<boolean>;

/** A computed field of a profile in words, for the person it is about. */
export interface ExplainedTrait {
  readonly id: string;
  readonly description: string;
  readonly unit: string;
  readonly value: PropertyValue;
  readonly currency?: string;
}

/** What a site's profiles are explained by beside what hushtag itself knows. */
export interface ExplainedBy {
  /** Traits that it defined. */
  readonly own: readonly SiteTrait[];
  /** Models that its rules may ask. */
  readonly models: readonly KeptVisitorModel[];
}

/** The surroundings. */
export interface RightsNeeds {
  /** Ground and derived tables. */
  readonly db: Db;
  readonly keys: KeyProvider;
  readonly now: () => EpochMs;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  readonly identify: Identify;
  readonly destinationsOf: (site: Site) => Promise<readonly Destination[]>;
  /** Before a request is called done: a restore a minute later must know of it (P4). */
  readonly keepApart: KeepApart;
  /** What a stored profile says, in words. */
  readonly explainProfile: (state: string, asOf: EpochMs, by: ExplainedBy) => readonly ExplainedTrait[];
}

/** What is asked, and by whom. */
export interface Ask {
  readonly kind: RequestKind;
  readonly subject: Subject;
  readonly askedBy: 'officer' | 'visitor';
  readonly idempotencyKey?: string;
}
