// store/schema/ground-access.ts: tables of ground.db about those who run sites: people, their sessions and codes, tokens.
//
// What is kept about staff is kept like what is kept about visitors: secrets and addresses as digests, never in clear.
import { blob, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** People who log in. */
export const people = sqliteTable('people', {
  /** 32 random hex digits: names them in the audit log, and says nothing of them. */
  id: text('id').primaryKey(),
  /** What colleagues call them; chosen by who adds them. */
  label: text('label').notNull(),
  createdAt: integer('created_at').notNull(),
  /** 1 once they have logged in. */
  hasLoggedIn: integer('has_logged_in').notNull().default(0),
});

/** What somebody is to a site. */
export const personRoles = sqliteTable(
  'person_roles',
  {
    person: text('person').notNull(),
    /** 0: all sites. */
    siteId: integer('site_id').notNull(),
    role: text('role').notNull(),
  },
  (table) => [primaryKey({ columns: [table.person, table.siteId] })],
);

/** By what an identity provider's answer is told to be somebody's. */
export const personLogins = sqliteTable(
  'person_logins',
  {
    /** Keyed hash of an e-mail address, or of a provider with its subject. */
    digest: blob('digest', { mode: 'buffer' }).primaryKey(),
    person: text('person').notNull(),
    /** `email` or `subject`. */
    kind: text('kind').notNull(),
  },
  (table) => [index('person_logins_person').on(table.person)],
);

/** Codes that log in once. */
export const loginCodes = sqliteTable('login_codes', {
  /** The code's first part, by which it is found. */
  id: text('id').primaryKey(),
  /** SHA-256 of the whole code, 100 bits of which are secret. */
  digest: blob('digest', { mode: 'buffer' }).notNull(),
  person: text('person').notNull(),
  expiresAt: integer('expires_at').notNull(),
  /** Times that the first part came with a wrong rest. */
  attempts: integer('attempts').notNull().default(0),
});

/** Who is logged in. */
export const sessions = sqliteTable(
  'sessions',
  {
    /** SHA-256 of the cookie's 32 random bytes. */
    digest: blob('digest', { mode: 'buffer' }).primaryKey(),
    /** Null where a token logged in. */
    person: text('person'),
    /** The token's id, site and scopes as JSON; null where a person logged in. */
    token: text('token'),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('sessions_person').on(table.person)],
);

/** Tokens that were signed; the token itself is nowhere. */
export const tokens = sqliteTable(
  'tokens',
  {
    /** Its `jti`, 32 hex digits. */
    id: text('id').primaryKey(),
    siteId: integer('site_id').notNull(),
    /** Scopes with spaces between them. */
    scopes: text('scopes').notNull(),
    label: text('label').notNull(),
    /** The key it was signed with. */
    kid: text('kid').notNull(),
    createdAt: integer('created_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
    revokedAt: integer('revoked_at'),
  },
  (table) => [index('tokens_site').on(table.siteId, table.createdAt), index('tokens_revoked').on(table.revokedAt)],
);

/** Keys that sign tokens, by name; the keys are at the KeyProvider. */
export const signingKeys = sqliteTable('signing_keys', {
  kid: text('kid').primaryKey(),
  madeAt: integer('made_at').notNull(),
  /** Tokens signed with it are refused from then on; null while it signs. */
  endsAt: integer('ends_at'),
});

/** What was answered under an Idempotency-Key. */
export const idempotentAnswers = sqliteTable(
  'idempotent_answers',
  {
    /** Keyed hash of who asked, where, and the key. */
    key: blob('key', { mode: 'buffer' }).primaryKey(),
    /** Keyed hash of the body. */
    fingerprint: blob('fingerprint', { mode: 'buffer' }).notNull(),
    at: integer('at').notNull(),
    /** Null until it is answered. */
    status: integer('status'),
    body: text('body'),
  },
  (table) => [index('idempotent_answers_at').on(table.at)],
);

/** How often people of some networks tried to log in lately. 65,536 rows at most, each of hundreds of networks. */
export const loginTries = sqliteTable('login_tries', {
  /** 16 bits of a keyed hash of day and truncated address. */
  slot: integer('slot').primaryKey(),
  /** When all tries are back, epoch ms. */
  fullAt: integer('full_at').notNull(),
});
