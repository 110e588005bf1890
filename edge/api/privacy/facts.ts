// edge/api/privacy/facts.ts: what records are made of: the live configuration and approximate numbers of what is stored.
import type { ConsentPolicy, EpochMs } from '../../../contract/index.ts';
import { purposesOf } from '../../../contract/index.ts';
import type { RetentionDays } from '../../../core/index.ts';
import { DATA_CLASSES, roundCount } from '../../../core/index.ts';
import type { HeldRecords, Holdings, HeldSalt, Site } from '../../../store/index.ts';
import {
  HELD_FIELDS,
  LETTER_DAYS_MAX,
  readHeldRecords,
  readHeldSalts,
  readHoldings,
  readRetention,
} from '../../../store/index.ts';
import type { Section } from './documents.ts';
import type { RightsNeeds } from './needs.ts';

/** A salt, and whether anything can still be made or checked with it. */
export interface KnownSalt extends HeldSalt {
  readonly alive: boolean;
}

/** Everything a document may say of a site. */
export interface Facts {
  readonly site: Site;
  readonly policy: ConsentPolicy;
  readonly days: RetentionDays;
  readonly holdings: Holdings;
  readonly records: HeldRecords;
  readonly salts: readonly KnownSalt[];
  /** Whether a destroyed key is gone for good at this key provider. */
  readonly forgets: boolean;
  readonly destinations: readonly { readonly name: string; readonly purpose: string }[];
}

/** Reads them for events between two instants. */
export async function readFacts(needs: RightsNeeds, site: Site, from: EpochMs, to: EpochMs): Promise<Facts> {
  const { db, keys } = needs;
  const salts: KnownSalt[] = [];
  for (const salt of await readHeldSalts(db, site, from, to)) {
    salts.push({ ...salt, alive: salt.kekId !== undefined && (await keys.read(salt.kekId)) !== undefined });
  }
  return {
    site,
    policy: site.policy,
    days: (await readRetention(db)).find(({ row }) => row === site.row)?.days ?? {},
    holdings: await readHoldings(db, site.row, from, to),
    records: await readHeldRecords(db, site.row, from, to),
    salts,
    forgets: keys.forgets,
    destinations: (await needs.destinationsOf(site)).map(({ name, purpose }) => ({ name, purpose })),
  };
}

/** A count as documents may say it: laws ask for approximate numbers, and exact ones could be subtracted (P3). */
export const about = (count: number): string =>
  count === 0 ? '0' : count < 10 ? 'fewer than 10' : `about ${roundCount(count)}`;

/** An instant as a UTC day. */
export const utcDay = (at: number | undefined): string =>
  at === undefined ? '—' : new Date(at).toISOString().slice(0, 10);

/** Fields of events in words. */
export const FIELDS: Readonly<Record<(typeof HELD_FIELDS)[number], string>> = {
  path: 'path of the page, scrubbed',
  title: 'title of the page, scrubbed',
  referrer: 'host of the referring page',
  campaign: 'utm_* parameters, scrubbed',
  order_key: 'pseudonym of the order',
  value: 'amounts of orders',
  items: 'products looked at and bought',
  properties: 'properties the site chose, scrubbed',
  context: 'country, region, kind of device, browser, system, language, time zone, channel, as far as they are kept',
};

/** What is stored, in a table. */
export const dataSection = ({ holdings, records }: Facts): Section => ({
  heading: 'Data',
  text: [
    `${about(holdings.events)} events, the oldest of ${utcDay(holdings.oldestAt)}: time, name, purposes, and where a field is filled:`,
  ],
  table: {
    head: ['Field', 'Events that have it'],
    rows: [
      ...HELD_FIELDS.map((name) => [FIELDS[name], about(holdings.fields[name])]),
      ['profile computed of a visitor (profiles)', about(records.profiles)],
      ['receipt of consent (receipts)', about(records.receipts)],
      ['refused event, scrubbed (dead letters)', about(records.deadLetters)],
      ...Object.entries(records.accounts).map(([kind, count]) => [
        `pseudonym of a login by ${kind} (logins)`,
        about(count),
      ]),
    ],
  },
});

/** Whose data it is. */
export const peopleSection = ({ holdings, policy }: Facts): Section => ({
  heading: 'People',
  table: {
    head: ['Visitors', 'Number', 'Recognised for'],
    rows: [
      [
        'who agreed',
        about(holdings.linkedVisitors),
        '395 days under one salt, longer where they return while two salts overlap',
      ],
      ['who were not asked or refused, with a key', about(holdings.dayVisitors), 'one UTC day'],
      ['of nobody (events without a key)', about(holdings.eventsWithoutVisitor), 'not at all'],
    ],
  },
  text: [
    `Policy ${policy.preset}: unknown visitors "${policy.unknown}", refused "${policy.refused}"; purposes that may be relied on: ${purposesOf(policy.purposes).join(', ')}; channel data ${policy.channelData ? 'kept' : 'not kept'}.`,
  ],
});

/** How long. */
export const retentionSection = ({ days }: Facts): Section => ({
  heading: 'Time limits',
  table: {
    head: ['Class', 'Days'],
    rows: [
      ...DATA_CLASSES.map((name): (string | number)[] => [name, days[name] ?? 'NO LIMIT SET']),
      ['sessions', 'as events: they are parts of profiles, and are made anew of the events that stay'],
      ['campaign data', 'as events: utm_* parameters are fields of them, and there is no other'],
      ['dead letters', `as events, ${LETTER_DAYS_MAX} at most`],
    ],
  },
});

/** Who else has it. */
export const recipientsSection = ({ destinations }: Facts): Section => ({
  heading: 'Recipients',
  ...(destinations.length === 0
    ? {
        text: [
          'No destination is registered. Files that were exported are not known here, nor whom they were given to. No transfer to a third country follows from this software; where its server stands is yours to state.',
        ],
      }
    : { table: { head: ['Who', 'What for'], rows: destinations.map((one) => [one.name, one.purpose]) } }),
});

/** What protects it, as far as this software knows. */
export const measuresSection = ({ salts, forgets, records, site }: Facts): Section => ({
  heading: 'Technical and organisational measures',
  text: [
    'Pseudonyms are HMAC-SHA-256 under salts per site; addresses, user agents, ids and order numbers are stored nowhere.',
    `Salts are stored encrypted, their keys outside the database. ${salts.filter(({ alive }) => alive).length} can be opened now. ${
      forgets
        ? 'A destroyed key is gone for good.'
        : 'Keys are derived from one secret: destroying one forgets nothing while that secret lives.'
    }`,
    `Numbers are published from ${site.floor} visitors on, with noise, rounding and a cap of releases.`,
    `Decisions, destructions and visitor-level reads are in an append-only log with ${records.auditCheckpoints} signed checkpoints.`,
  ],
});
