// core/access.ts: what may be done over the API, and which roles of people may do it: one table, for sessions and tokens alike (P6).

/** Everything that a token or a role can be allowed. One scope is needed by each route. */
export const SCOPES = [
  'segments:read',
  'segments:write',
  'members:export',
  'reports:read',
  'reports:write',
  'ledger:read',
  'live:read',
  'import',
  'ingest',
  'dead-letters:read',
  'dead-letters:replay',
  'privacy:read',
  'privacy:write',
  'policy:read',
  'policy:write',
  'audit:read',
  'jobs:read',
  'imports:read',
  'imports:write',
  'exports:read',
  'exports:write',
  'health:read',
  'tokens:manage',
  'settings:write',
  'sites:manage',
  'people:manage',
] as const;
/** One permission. */
export type Scope = (typeof SCOPES)[number];

/** Scopes about the whole installation: no token of one site can hold them, a role for all sites can. */
export const INSTALLATION_SCOPES: readonly Scope[] = ['people:manage', 'sites:manage', 'health:read'];

/** What people are to a site, or to all of them. */
export const ROLES = ['owner', 'privacy_officer', 'marketer', 'analyst', 'developer'] as const;
/** One of them. */
export type Role = (typeof ROLES)[number];

const PUBLISHED: readonly Scope[] = ['segments:read', 'reports:read', 'ledger:read'];

const TABLE: { readonly [R in Role]: readonly Scope[] } = {
  owner: SCOPES,
  // What is kept of whom, and the decisions about it; never a campaign.
  privacy_officer: [
    ...PUBLISHED,
    'privacy:read',
    'privacy:write',
    'policy:read',
    'policy:write',
    'audit:read',
    'dead-letters:read',
    'jobs:read',
    'imports:read',
    'exports:read',
    'health:read',
  ],
  // Published numbers, and the rules that make segments.
  marketer: [...PUBLISHED, 'segments:write', 'reports:write', 'policy:read'],
  analyst: [...PUBLISHED, 'reports:write', 'policy:read', 'jobs:read'],
  // What makes data arrive: no exports, no requests of people. Tokens are an owner's to give.
  developer: [
    'ledger:read',
    'live:read',
    'import',
    'ingest',
    'dead-letters:read',
    'dead-letters:replay',
    'policy:read',
    'jobs:read',
    'imports:read',
    'imports:write',
    'health:read',
  ],
};

/** What a role may do at the sites it is held for. */
export const scopesOfRole = (role: Role): ReadonlySet<Scope> => new Set(TABLE[role]);

/** Whether a text names a scope. */
export const isScope = (text: string): text is Scope => SCOPES.some((scope) => scope === text);
/** Whether a text names a role. */
export const isRole = (text: string): text is Role => ROLES.some((role) => role === text);
