// store/sites.ts: sites and what they decided.
import type { PolicyPreset, SiteId } from '../contract/index.ts';
import type { BotRule, SitePolicy, TrackingPlan } from '../core/index.ts';
import { invariant, parsePlan, parseSitePolicy, presetPolicy } from '../core/index.ts';
import { and, eq } from 'drizzle-orm';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';
import { exemptLimits } from './retention.ts';
import { policies, sites } from './schema/ground.ts';
import { trackingPlans } from './schema/ground-collector.ts';

/** A site as the edge and the segmenter know it. */
export interface Site {
  readonly row: SiteRow;
  readonly id: SiteId;
  readonly origins: readonly string[];
  /** The version of its policy in force. */
  readonly policy: SitePolicy;
  readonly policyVersion: number;
  /** The smallest number shown (P3). */
  readonly floor: number;
  /** The site's own rules about bots, in the order they are tried. */
  readonly botRules: readonly BotRule[];
  /** The tracking plan in force; only who collects is given it ({@link findSite}). */
  readonly plan?: TrackingPlan;
}

/** The policy of a version; one that never changed has no document and is its preset. */
export function policyOf(preset: string, document: string | null, version: number): SitePolicy {
  if (document === null) return presetPolicy(preset as PolicyPreset);
  const policy = parseSitePolicy(document);
  // No guess: a policy that can't be read may have been a stricter one, and events are sent again later.
  invariant(policy !== undefined, `C2: version ${version} of the policy can be read by this release`);
  return policy;
}

const POLICY_IN_FORCE = and(eq(policies.siteId, sites.id), eq(policies.version, sites.policyVersion));

const toSite = (record: typeof sites.$inferSelect, document: string | null): Site => ({
  row: record.id,
  id: record.name as SiteId,
  origins: record.origins,
  policy: policyOf(record.policy, document, record.policyVersion),
  policyVersion: record.policyVersion,
  floor: record.floor,
  botRules: record.botRules,
});

/** The site of a name, or undefined. */
export async function findSite(db: Db, id: SiteId): Promise<Site | undefined> {
  const [found] = await db.orm
    .select({ site: sites, plan: trackingPlans.plan, policy: policies.document })
    .from(sites)
    .leftJoin(trackingPlans, and(eq(trackingPlans.siteId, sites.id), eq(trackingPlans.version, sites.planVersion)))
    .leftJoin(policies, POLICY_IN_FORCE)
    .where(eq(sites.name, id))
    .limit(1);
  if (found === undefined) return undefined;
  const plan = found.plan === null ? undefined : parsePlan(found.plan);
  // A plan of another release that can't be read any more holds nobody up.
  const site = toSite(found.site, found.policy);
  return plan?.ok ? { ...site, plan: plan.value } : site;
}

/** Every site in order of creation. */
export async function listSites(db: Db): Promise<Site[]> {
  const found = await db.orm
    .select({ site: sites, policy: policies.document })
    .from(sites)
    .leftJoin(policies, POLICY_IN_FORCE)
    .orderBy(sites.id);
  return found.map(({ site, policy }) => toSite(site, policy));
}

/** Adds a site and the audit entry that says so, or answers `exists` where its name is taken. An `exempt` one gets its limits. */
export async function addSite(
  db: Db,
  site: {
    readonly id: SiteId;
    readonly origins: readonly string[];
    readonly policy: PolicyPreset;
    readonly floor: number;
    readonly at: number;
  },
): Promise<'added' | 'exists'> {
  const added = {
    sql: `INSERT INTO sites (name, origins, policy, floor, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    args: [site.id, JSON.stringify(site.origins), site.policy, site.floor, site.at],
  };
  const { policy, floor, at } = site;
  const recorded = await auditStatement({ kind: 'site_added', site: site.id, policy, floor, at }, 'if_changed');
  const results = await db.client.batch([added, recorded, ...(await exemptLimits(site.id, at))], 'write');
  return results[0]?.rowsAffected === 1 ? 'added' : 'exists';
}

/** Sets a site's rules about bots; what collects takes them over within seconds. */
export async function setBotRules(
  db: Db,
  site: Pick<Site, 'row' | 'id'>,
  rules: readonly BotRule[],
  at: number,
): Promise<void> {
  const changed = { sql: 'UPDATE sites SET bot_rules = ? WHERE id = ?', args: [JSON.stringify(rules), site.row] };
  const recorded = await auditStatement(
    { kind: 'bot_rules_changed', site: site.id, rules: rules.length, at },
    'if_changed',
  );
  await db.client.batch([changed, recorded], 'write');
}

/** What is changed of a site after it was added. */
export type SiteSettings = Pick<Site, 'origins' | 'floor'>;

/** Others that may change the same site between a read and its write. */
const CHANGE_TRIES_MAX = 50;

/**
 * Changes where a site's pages are and its floor, with the audit entry that says so; what collects takes it over within seconds.
 * Nothing that others change at the same time is lost. @param next what the settings shall be, of what they are; asked again where
 * somebody else was faster. @returns what they are then.
 */
export async function changeSite(
  db: Db,
  { row, id }: Pick<Site, 'row' | 'id'>,
  next: (settings: SiteSettings) => SiteSettings,
  { at, by }: { readonly at: number; readonly by: string },
): Promise<SiteSettings> {
  for (let tries = 0; tries < CHANGE_TRIES_MAX; tries++) {
    const { rows } = await db.client.execute({ sql: 'SELECT origins, floor FROM sites WHERE id = ?', args: [row] });
    const [found] = rows;
    invariant(found !== undefined, 'P7: a site that is changed is there');
    const [text, least] = [textOf(found, 'origins'), Number(found['floor'])];
    const settings = next({ origins: JSON.parse(text) as readonly string[], floor: least });
    const { origins, floor } = settings;
    const changedText = JSON.stringify(origins);
    if (text === changedText && least === floor) return settings;
    const changed = {
      sql: 'UPDATE sites SET origins = ?, floor = ? WHERE id = ? AND origins = ? AND floor = ?',
      args: [changedText, floor, row, text, least],
    };
    const entry = { kind: 'site_changed', site: id, origins: origins.length, floor, by, at } as const;
    const [result] = await db.client.batch([changed, await auditStatement(entry, 'if_changed')], 'write');
    if (result?.rowsAffected === 1) return settings;
  }
  throw new SiteBusyError();
}

/** Thrown where others changed a site again and again meanwhile. */
class SiteBusyError extends Error {
  override readonly name = 'SiteBusyError';
  /** Stable code for logs. */
  readonly code = 'site_busy';
}
