// core/audit/entry.ts: what the audit log records, and how a leaf commits to it without holding it.
import { leafHash, sha256 } from './merkle.ts';
import type { Hash } from './merkle.ts';

/** Bytes of the nonce that blinds an entry: without it nobody can guess what an erased entry said. */
export const AUDIT_NONCE_BYTES = 32;

/** Something the log records. No field holds a visitor's value (P1). */
export type AuditEvent =
  | { readonly kind: 'site_added'; readonly site: string; readonly policy: string; readonly floor: number }
  | {
      readonly kind: 'token_signed';
      readonly site: string;
      /** Names the token; it does not open anything. */
      readonly token: string;
      readonly scopes: readonly string[];
      readonly expiresAt: number;
      /** Who had it signed; `command` where the command line did. */
      readonly by?: string;
    }
  | { readonly kind: 'salt_destroyed'; readonly site: string; readonly use: string; readonly opensAt: number }
  | {
      readonly kind: 'salt_rotated';
      readonly site: string;
      readonly opensAt: number;
      /** When the salt before it must be gone. */
      readonly formerUntil: number;
    }
  | {
      readonly kind: 'retention_changed';
      readonly site: string;
      /** Days by data class; a class without a limit is left out. */
      readonly days: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: 'policy_changed';
      readonly site: string;
      readonly version: number;
      readonly preset: string;
      /** Names of the fields that differ from the version before. */
      readonly changed: readonly string[];
    }
  | {
      readonly kind: 'site_changed';
      readonly site: string;
      /** How many there are now. */
      readonly origins: number;
      readonly floor: number;
      /** The token or person it was changed by. */
      readonly by: string;
    }
  | { readonly kind: 'plan_changed'; readonly site: string; readonly isSet: boolean }
  | {
      readonly kind: 'traits_changed';
      readonly site: string;
      /** How many traits of its own the site has now. */
      readonly traits: number;
      readonly by: string;
    }
  | { readonly kind: 'bot_rules_changed'; readonly site: string; readonly rules: number }
  | { readonly kind: 'rule_segment_set'; readonly site: string; readonly segment: string; readonly version: number }
  | {
      readonly kind: 'members_exported';
      readonly site: string;
      readonly segment: string;
      /** The token or session it was read with. */
      readonly token: string;
    }
  | { readonly kind: 'release_rolled_back'; readonly site: string; readonly version: number; readonly by: string }
  | { readonly kind: 'releases_resumed'; readonly site: string; readonly by: string }
  | { readonly kind: 'rule_segment_removed'; readonly site: string; readonly segment: string }
  | { readonly kind: 'purge_begun'; readonly site: string; readonly before: number }
  | { readonly kind: 'purged'; readonly site: string; readonly rows: Readonly<Record<string, number>> }
  | { readonly kind: 'visitor_erased'; readonly site: string; readonly receipt: string }
  | { readonly kind: 'destination_set' | 'destination_removed'; readonly site: string; readonly destination: string }
  | { readonly kind: 'unlinked'; readonly site: string; readonly of: 'account' | 'visitor' }
  | { readonly kind: 'letters_replayed' | 'letters_dropped'; readonly site: string; readonly letters: number }
  | {
      readonly kind: 'privacy_requested';
      readonly site: string;
      readonly request: string;
      /** A kind of request (store/privacy-requests.ts). */
      readonly asked: string;
      /** `officer` or `visitor`. */
      readonly by: string;
    }
  | {
      readonly kind: 'privacy_request_closed';
      readonly site: string;
      readonly request: string;
      readonly outcome: string;
    }
  | {
      readonly kind: 'visitor_read';
      readonly site: string;
      /** The request whose file was read. */
      readonly request: string;
      /** The token it was read with; absent where the visitor or the command line read it. */
      readonly token?: string;
      readonly by: 'officer' | 'visitor' | 'command';
    }
  | {
      readonly kind: 'person_added' | 'roles_changed';
      /** An id of no meaning. */
      readonly person: string;
      /** Such as `owner@*` and `marketer@shop`. */
      readonly roles: readonly string[];
      /** `person` with an id, a token's id, or `command`. */
      readonly by: string;
    }
  | { readonly kind: 'person_removed' | 'login_code_made'; readonly person: string; readonly by: string }
  | { readonly kind: 'logged_in'; readonly by: string; readonly how: 'code' | 'token' | 'oidc' }
  | { readonly kind: 'logged_out'; readonly by: string }
  | { readonly kind: 'token_revoked'; readonly site: string; readonly token: string; readonly by: string }
  | { readonly kind: 'signing_key_rotated'; readonly kid: string; readonly by: string }
  | { readonly kind: 'damage_accepted'; readonly damage: string }
  | {
      readonly kind: 'clock_accepted';
      /** The latest instant that had been believed. */
      readonly before: number;
    }
  | {
      readonly kind: 'events_exported';
      readonly site: string;
      readonly format: string;
      /** Events from this instant to before that, epoch ms. */
      readonly from: number;
      readonly to: number;
      /** The token or person that fetched them; absent where the command wrote them. */
      readonly by?: string;
      /** The export that was fetched. */
      readonly export?: string;
      /** The part of it, where not all of it was. */
      readonly part?: number;
    }
  | {
      readonly kind: 'export_made';
      readonly site: string;
      readonly export: string;
      readonly format: string;
      /** Of events from this instant to before that, epoch ms. */
      readonly from: number;
      readonly to: number;
      readonly by: string;
    }
  | { readonly kind: 'export_removed'; readonly site: string; readonly export: string; readonly by: string }
  | { readonly kind: 'backup_made'; readonly events: number }
  | {
      readonly kind: 'backup_restored';
      /** When the backup was made, epoch ms: what happened between then and this entry is not in the log. */
      readonly madeAt: number;
    }
  | { readonly kind: 'audit_exported'; readonly entries: number };

/** An event and when it happened, epoch ms. */
export type AuditEntry = AuditEvent & { readonly at: number };

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, inner]) => [name, sorted(inner)]),
      )
    : value;

/** An entry as JSON with sorted names: the same entry is always the same text. */
export const auditText = (entry: AuditEntry): string => JSON.stringify(sorted(entry));

/** What stays of an entry when its data is erased: SHA-256 of nonce and text. */
export const commitmentOf = (nonce: Uint8Array, text: string): Promise<Hash> =>
  sha256(nonce, new TextEncoder().encode(text));

/** The leaf of an entry: it holds the commitment alone, so erasing the entry leaves the tree as it was. */
export const auditLeaf = (commitment: Uint8Array): Promise<Hash> => leafHash(commitment);
