// edge/api/privacy/kept.ts: one answer with what is kept of a site, for how long, under which salts, and who gets it.
import { Hono } from 'hono';
import type { EpochMs } from '../../../contract/index.ts';
import { GPC_REMOVES, purposesOf } from '../../../contract/index.ts';
import { DATA_CLASSES } from '../../../core/index.ts';
import { readLastPurge, readOldestRows } from '../../../store/index.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { privateJson } from '../require-scope.ts';
import { about, FIELDS, readFacts } from './facts.ts';
import type { RightsNeeds } from './needs.ts';
import { describeKept } from './openapi-policy.ts';
import { readPublishing } from './publishing.ts';

/** Salts told of at most, newest first. */
const SALTS_MAX = 60;

/** Makes the route. Numbers are rounded as in the record of processing. */
export function createKeptRoute(needs: RightsNeeds, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get('/v1/sites/:site/privacy/overview', describeKept, requireScope('privacy:read'), async (context) => {
    const site = context.get('site');
    const facts = await readFacts(needs, site, 0 as EpochMs, (needs.now() + 1) as EpochMs);
    const { holdings, records, days, salts } = facts;
    const { policy } = site;
    const oldest = await readOldestRows(needs.db, site);
    const lastPurgeAt = (await readLastPurge(needs.db, site.id)) ?? null;
    return privateJson(context, {
      site: site.id,
      policy: { ...policy, purposes: purposesOf(policy.purposes), asks: purposesOf(policy.asks) },
      version: site.policyVersion,
      collecting: policy.purposes !== 0 || policy.unknown !== 'drop' || policy.refused !== 'drop',
      gpcRemoves: purposesOf(GPC_REMOVES),
      held: [
        { what: 'events', about: about(holdings.events) },
        { what: 'linked_visitors', about: about(holdings.linkedVisitors) },
        { what: 'day_visitors', about: about(holdings.dayVisitors) },
        { what: 'profiles', about: about(records.profiles) },
        { what: 'receipts', about: about(records.receipts) },
        { what: 'dead_letters', about: about(records.deadLetters) },
      ],
      fields: Object.entries(holdings.fields).map(([name, events]) => ({
        field: FIELDS[name as keyof typeof FIELDS],
        about: about(events),
      })),
      retention: DATA_CLASSES.map((name) => ({
        class: name,
        limitDays: days[name] ?? null,
        oldestAt: oldest[name] ?? null,
      })),
      lastPurgeAt,
      salts: salts.slice(0, SALTS_MAX).map(({ use, opensAt, alive, destroyedAt, provenBy }) => ({
        use,
        opensAt,
        alive,
        destroyedAt: destroyedAt ?? null,
        provenBy: provenBy ?? null,
      })),
      keysForget: facts.forgets,
      recipients: facts.destinations,
      floor: site.floor,
      publishing: await readPublishing(needs.db, site, needs.now()),
      openRequests: records.openRequests,
    });
  });
  return app;
}
