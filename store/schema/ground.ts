// store/schema/ground.ts: tables of ground.db, the state that can't be rebuilt: sites, salts (wrapped), events, the loss ledger.
import { sql } from 'drizzle-orm';
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { BotRule } from '../../core/index.ts';

/** Sites and what they decided. */
export const sites = sqliteTable('sites', {
  id: integer('id').primaryKey(),
  /** The public {@link SiteId}. */
  name: text('name').notNull().unique(),
  /** Exact origins whose pages may send, a JSON array. */
  origins: text('origins', { mode: 'json' }).$type<readonly string[]>().notNull(),
  policy: text('policy').notNull(),
  policyVersion: integer('policy_version').notNull().default(1),
  /** The smallest number shown of this site (P3). */
  floor: integer('floor').notNull().default(50),
  createdAt: integer('created_at').notNull(),
  /** Rules of the site's own about bots, a JSON array in the order they are tried. */
  botRules: text('bot_rules', { mode: 'json' }).$type<readonly BotRule[]>().notNull().default(sql`'[]'`),
  /** The version of `tracking_plans` in force; null where events are taken without a plan. */
  planVersion: integer('plan_version'),
});

/** Salts, each wrapped under a key that is not in this database. */
export const salts = sqliteTable(
  'salts',
  {
    siteId: integer('site_id').notNull(),
    /** `day` or `long`. */
    use: text('use').notNull(),
    opensAt: integer('opens_at').notNull(),
    closesAt: integer('closes_at').notNull(),
    /** After this instant the salt must not exist. */
    destroyAt: integer('destroy_at').notNull(),
    /** Names the key-encryption key at the KeyProvider. */
    kekId: text('kek_id').notNull(),
    /** 12 bytes of nonce, then AES-256-GCM of 32 bytes of salt. */
    wrapped: blob('wrapped', { mode: 'buffer' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.use, table.opensAt] })],
);

/** Visitor keys as small integers, in order of first sight (measured: a third of the bytes of keys in events). */
export const visitors = sqliteTable(
  'visitors',
  {
    // AUTOINCREMENT: nobody inherits the profile of a visitor who was erased.
    id: integer('id').primaryKey({ autoIncrement: true }),
    siteId: integer('site_id').notNull(),
    key: blob('key', { mode: 'buffer' }).notNull(),
    /** 1 where the key outlives the day (made with consent), else 0. */
    linked: integer('linked').notNull(),
    /** When they objected to profiling (GDPR Art. 21), epoch ms: nothing of theirs is folded, and the row stays. */
    objectedAt: integer('objected_at'),
  },
  (table) => [uniqueIndex('visitors_key').on(table.siteId, table.key)],
);

/** Repeated strings as small integers: names, paths, titles, hosts, currencies. All are scrubbed before they come here. */
export const strings = sqliteTable('strings', {
  id: integer('id').primaryKey(),
  value: text('value').notNull().unique(),
});

/** Accepted events. `seq` is the order of arrival, which the fold's watermark counts in. */
export const events = sqliteTable(
  'events',
  {
    // AUTOINCREMENT: a number of a deleted row is never given again, or the fold would take the new event for an old one.
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    siteId: integer('site_id').notNull(),
    /** What is kept of the event's UUIDv7, 16 bytes (core/event-id.ts). */
    id: blob('id', { mode: 'buffer' }).notNull(),
    at: integer('at').notNull(),
    name: integer('name').notNull(),
    visitor: integer('visitor'),
    /** Purposes the event was accepted under, as bits. */
    purposes: integer('purposes').notNull(),
    policyVersion: integer('policy_version').notNull(),
    path: integer('path'),
    title: integer('title'),
    /** Host alone of the referrer, where the policy keeps channel data. */
    referrer: integer('referrer'),
    /** utm_* parameters as one string, where the policy keeps channel data. */
    campaign: integer('campaign'),
    /** Pseudonym of the order id, 12 bytes. */
    orderKey: blob('order_key', { mode: 'buffer' }),
    currency: integer('currency'),
    value: integer('value'),
    tax: integer('tax'),
    shipping: integer('shipping'),
    discount: integer('discount'),
    coupon: integer('coupon'),
    /** Items as JSON: `[{"id","name","category","brand","variant","price","quantity","discount"}]`. */
    items: text('items'),
    /** Scrubbed properties as JSON. */
    properties: text('properties'),
    context: integer('context'),
  },
  (table) => [
    uniqueIndex('events_id').on(table.siteId, table.id),
    // Of the few events that name an order alone: the others cost nothing for it.
    index('events_order').on(table.siteId, table.orderKey).where(sql`order_key IS NOT NULL`),
  ],
);

/** The loss ledger (D2): what became of every event received, per site and day. */
export const ledger = sqliteTable(
  'ledger',
  {
    /** 0 where the site is not known. */
    siteId: integer('site_id').notNull(),
    /** Whole days since 1970-01-01 UTC, of arrival. */
    day: integer('day').notNull(),
    outcome: text('outcome').notNull(),
    reason: text('reason').notNull(),
    events: integer('events').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.day, table.outcome, table.reason] })],
);

/** Queue messages already written: a redelivered one changes nothing, its ledger lines included (D1, D2). */
export const writtenMessages = sqliteTable(
  'written_messages',
  { id: blob('id', { mode: 'buffer' }).primaryKey(), at: integer('at').notNull() },
  (table) => [index('written_messages_at').on(table.at)],
);

/** The audit log, append-only: `seq` is the leaf's index in the Merkle tree, from 0 and without a gap. */
export const auditLog = sqliteTable('audit_log', {
  seq: integer('seq').primaryKey(),
  /** SHA-256 of nonce and entry: what the tree holds. */
  commitment: blob('commitment', { mode: 'buffer' }).notNull(),
  /** 32 random bytes; null where the entry's data was erased. */
  nonce: blob('nonce', { mode: 'buffer' }),
  /** The entry as JSON with sorted names; null where its data was erased. */
  entry: text('entry'),
});

/** Signed checkpoints of the audit log. */
export const auditCheckpoints = sqliteTable('audit_checkpoints', {
  /** Entries it covers. */
  size: integer('size').primaryKey(),
  at: integer('at').notNull(),
  /** A C2SP signed note. */
  note: text('note').notNull(),
});

/** How long a site keeps a class of data; a class without a row is kept until somebody decides. */
export const retention = sqliteTable(
  'retention',
  {
    siteId: integer('site_id').notNull(),
    /** `events` or `profiles`. */
    dataClass: text('data_class').notNull(),
    days: integer('days').notNull(),
    setAt: integer('set_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.dataClass] })],
);

/** What each version of a site's policy said; events and receipts name the version they were accepted under. */
export const policies = sqliteTable(
  'policies',
  {
    siteId: integer('site_id').notNull(),
    /** Counts up per site; a site that never changed its policy has no row, and is at version 1 of its preset. */
    version: integer('version').notNull(),
    /** A SitePolicy as JSON. */
    document: text('document').notNull(),
    setAt: integer('set_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.version] })],
);

/** Accounts: pseudonyms of user ids, e-mail addresses and phone numbers that visitors were identified by. */
export const accounts = sqliteTable(
  'accounts',
  {
    // AUTOINCREMENT: nobody inherits the links of an account that was erased.
    id: integer('id').primaryKey({ autoIncrement: true }),
    siteId: integer('site_id').notNull(),
    /** `user_id`, `email` or `phone`. */
    kind: text('kind').notNull(),
    /** Pseudonym of the normalised id, 12 bytes. */
    key: blob('key', { mode: 'buffer' }).notNull(),
    /** Links told of events up to this instant were undone and stay undone; null where nobody undid any. */
    unlinkedAt: integer('unlinked_at'),
  },
  (table) => [uniqueIndex('accounts_key').on(table.siteId, table.key)],
);

/** Which visitor was identified as which account. */
export const links = sqliteTable(
  'links',
  {
    siteId: integer('site_id').notNull(),
    visitor: integer('visitor').notNull(),
    account: integer('account').notNull(),
    /** The latest event that said so. */
    linkedAt: integer('linked_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siteId, table.visitor, table.account] }),
    index('links_account').on(table.siteId, table.account),
  ],
);

/** Visitors whose links were undone: events up to the instant make none again. */
export const unlinks = sqliteTable(
  'unlinks',
  {
    siteId: integer('site_id').notNull(),
    visitor: integer('visitor').notNull(),
    until: integer('until').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.visitor] })],
);

/** Receipts of consent: each grant, and each withdrawal of what was granted. */
export const receipts = sqliteTable(
  'receipts',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    siteId: integer('site_id').notNull(),
    visitor: integer('visitor').notNull(),
    /** `granted` or `withdrawn`. */
    kind: text('kind').notNull(),
    /** When the choice was made, as told; else when it was first seen. */
    at: integer('at').notNull(),
    /** Purposes that hold after the choice, as bits. */
    purposes: integer('purposes').notNull(),
    /** One of the contract's CONSENT_SOURCES. */
    source: text('source').notNull(),
    policyVersion: integer('policy_version').notNull(),
    /** Keyed hash of the string the consent platform gave, 12 bytes; null where there was none. */
    digest: blob('digest', { mode: 'buffer' }),
    /** 1 where the message came with Global Privacy Control, 0 where without; null for receipts of before this was kept. */
    gpc: integer('gpc'),
    /** Purposes that took effect with it, as bits; null where `gpc` is. */
    effective: integer('effective'),
  },
  (table) => [index('receipts_visitor').on(table.siteId, table.visitor)],
);

/** Withdrawals whose purge is still to come: what the visitor's events up to `until` relied on. */
export const withdrawals = sqliteTable(
  'withdrawals',
  {
    siteId: integer('site_id').notNull(),
    visitor: integer('visitor').notNull(),
    /** Purposes withdrawn, as bits. */
    purposes: integer('purposes').notNull(),
    until: integer('until').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.visitor] })],
);

/** Who was erased, so that late events and a restored backup can't bring them back. */
export const tombstones = sqliteTable(
  'tombstones',
  {
    siteId: integer('site_id').notNull(),
    /** SHA-256 of the visitor's key: finds it again, and gives it to nobody. */
    digest: blob('digest', { mode: 'buffer' }).notNull(),
    /** Events up to this instant are erased. */
    erasedAt: integer('erased_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.digest] })],
);

/** Who objected to profiling, so that neither a later event nor a restored backup puts them into a profile again. */
export const objections = sqliteTable(
  'objections',
  {
    siteId: integer('site_id').notNull(),
    /** SHA-256 of the visitor's key, as in `tombstones`. */
    digest: blob('digest', { mode: 'buffer' }).notNull(),
    objectedAt: integer('objected_at').notNull(),
    /** Visitors up to this number were compared with it. */
    comparedTo: integer('compared_to').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.siteId, table.digest] })],
);

/** Requests of people about their data. Who asked is nowhere in it: neither an id nor a digest of one. */
export const privacyRequests = sqliteTable(
  'privacy_requests',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    /** 32 random hex digits. */
    id: text('id').notNull().unique(),
    siteId: integer('site_id').notNull(),
    /** `access`, `erasure`, `objection` or `unlink`. */
    kind: text('kind').notNull(),
    /** How they were named: `first_party_id` or `account`. */
    subject: text('subject').notNull(),
    /** `officer` or `visitor`. */
    askedBy: text('asked_by').notNull(),
    askedAt: integer('asked_at').notNull(),
    dueAt: integer('due_at').notNull(),
    /** `open`, `done` or `not_identified`. */
    status: text('status').notNull(),
    closedAt: integer('closed_at'),
    /** What came of it, JSON: rows, reason, receipt. */
    outcome: text('outcome'),
    /** Keyed hash of the Idempotency-Key, and of it with the whole request. */
    idempotency: blob('idempotency', { mode: 'buffer' }),
    fingerprint: blob('fingerprint', { mode: 'buffer' }),
  },
  (table) => [
    uniqueIndex('privacy_requests_idempotency').on(table.siteId, table.idempotency),
    index('privacy_requests_status').on(table.status),
  ],
);

/** What was done about a request, in order. */
export const privacyRequestSteps = sqliteTable(
  'privacy_request_steps',
  {
    request: integer('request').notNull(),
    nth: integer('nth').notNull(),
    at: integer('at').notNull(),
    step: text('step').notNull(),
    /** JSON; no value of a visitor. */
    detail: text('detail'),
  },
  (table) => [primaryKey({ columns: [table.request, table.nth] })],
);

/** Whom a request is about, for as long as it has work left or a file to give. */
export const privacyRequestVisitors = sqliteTable(
  'privacy_request_visitors',
  { request: integer('request').notNull(), visitor: integer('visitor').notNull() },
  (table) => [
    primaryKey({ columns: [table.request, table.visitor] }),
    index('privacy_request_visitors_visitor').on(table.visitor),
  ],
);
