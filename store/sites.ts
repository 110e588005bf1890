// store/sites.ts: sites and what they decided.
import type { PolicyPreset, SiteId } from '../contract/index.ts';
import type { BotRule, TrackingPlan } from '../core/index.ts';
import { parsePlan } from '../core/index.ts';
import { and, eq } from 'drizzle-orm';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { sites } from './schema/ground.ts';
import { trackingPlans } from './schema/ground-collector.ts';

/** A site as the edge and the segmenter know it. */
export interface Site {
  readonly row: SiteRow;
  readonly id: SiteId;
  readonly origins: readonly string[];
  readonly policy: PolicyPreset;
  readonly policyVersion: number;
  /** The smallest number shown (P3). */
  readonly floor: number;
  /** The site's own rules about bots, in the order they are tried. */
  readonly botRules: readonly BotRule[];
  /** The tracking plan in force; only who collects is given it ({@link findSite}). */
  readonly plan?: TrackingPlan;
}

const toSite = (record: typeof sites.$inferSelect): Site => ({
  row: record.id,
  id: record.name as SiteId,
  origins: record.origins,
  policy: record.policy as PolicyPreset,
  policyVersion: record.policyVersion,
  floor: record.floor,
  botRules: record.botRules,
});

/** The site of a name, or undefined. */
export async function findSite(db: Db, id: SiteId): Promise<Site | undefined> {
  const [found] = await db.orm
    .select({ site: sites, plan: trackingPlans.plan })
    .from(sites)
    .leftJoin(trackingPlans, and(eq(trackingPlans.siteId, sites.id), eq(trackingPlans.version, sites.planVersion)))
    .where(eq(sites.name, id))
    .limit(1);
  if (found === undefined) return undefined;
  const plan = found.plan === null ? undefined : parsePlan(found.plan);
  // A plan of another release that can't be read any more holds nobody up.
  return plan?.ok ? { ...toSite(found.site), plan: plan.value } : toSite(found.site);
}

/** Every site in order of creation. */
export async function listSites(db: Db): Promise<Site[]> {
  return (await db.orm.select().from(sites).orderBy(sites.id)).map(toSite);
}

/** Adds a site and the audit entry that says so, or answers `exists` where its name is taken. */
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
  const results = await db.client.batch([added, recorded], 'write');
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
