// edge/api/privacy/access-file.ts: the file a person gets: everything stored of them, and why (GDPR Art. 15 and 20).
import type { EpochMs, PublishedSegment } from '../../../contract/index.ts';
import { purposesOf } from '../../../contract/index.ts';
import type { RuleSegment } from '../../../core/index.ts';
import { IDENTIFY_EVENT, wordsOf } from '../../../core/index.ts';
import type { FiledEvent, PrivacyRequest, Site, VisitorFile } from '../../../store/index.ts';
import {
  readRetention,
  readRuleSegments,
  readSiteTraits,
  readVisitorFile,
  readVisitorModels,
  requestVisitors,
} from '../../../store/index.ts';
import type { FileBasis, FileInformation } from './access-words.ts';
import { basisOf, informationOf } from './access-words.ts';
import { notIdentifiedMeaning } from './meaning.ts';
import type { ExplainedBy, ExplainedTrait, RightsNeeds } from './needs.ts';

/** An event in the file: times as ISO 8601, purposes by name. */
export type AccessEvent = Omit<FiledEvent, 'at' | 'purposes'> & {
  readonly at: string;
  readonly purposes: readonly string[];
};

/** A choice that was kept as a receipt. */
export interface AccessReceipt {
  readonly kind: string;
  readonly at: string;
  readonly purposes: readonly string[];
  readonly source: string;
  readonly policyVersion: number;
  /** Whether the browser set Global Privacy Control then; absent where that was not kept yet. */
  readonly gpc?: boolean;
  /** Purposes that took effect with it. */
  readonly effective?: readonly string[];
}

/** Purposes that events were accepted under, and how long. */
export interface AccessConsent {
  readonly purposes: readonly string[];
  readonly policyVersion: number;
  readonly first: string;
  readonly last: string;
  readonly events: number;
}

/** A segment somebody is in. */
export interface AccessSegment {
  readonly id: string;
  readonly label?: string;
  readonly description?: string;
  readonly why: string;
}

/** What is there of somebody. */
export interface FoundData {
  readonly events: readonly AccessEvent[];
  /** Events that did not fit; ask the site for them. */
  readonly eventsLeftOut: number;
  /** Events that were refused, and are kept aside for a while in case they can be mended. */
  readonly keptAside: readonly {
    readonly at: string;
    readonly receivedAt: string;
    readonly reason: string;
    readonly purposes: readonly string[];
    readonly event?: unknown;
  }[];
  readonly profile: { readonly traits: readonly ExplainedTrait[]; readonly stored: readonly unknown[] } | null;
  readonly segments: readonly AccessSegment[];
  /** `login`: segments are left out, because they are made of all browsers of a login, and only this browser was shown. */
  readonly segmentsWithheld?: 'login';
  readonly consents: readonly AccessConsent[];
  readonly receipts: readonly AccessReceipt[];
  /** Logins: by what, and when last. The login itself is not kept. */
  readonly logins: readonly { readonly by: string; readonly at: string }[];
  readonly objectedAt: string | null;
}

/** The file. `not_identified` and `nothing_stored` are answers like any other. */
export type AccessFile = {
  readonly format: 'hushtag access 1';
  readonly request: string;
  readonly site: string;
  readonly madeAt: string;
  readonly recipients: readonly { readonly name: string; readonly purpose: string }[];
  /** Days each class of data is kept; a class that is not named has no limit. */
  readonly retentionDays: Readonly<Record<string, number>>;
  readonly notKept: readonly string[];
  /** What the site's policy in force lets data be used for. */
  readonly basis: FileBasis;
  /** What GDPR Art. 15 (1) and (2) ask for beside the data. */
  readonly information: FileInformation;
} & (
  | { readonly status: 'found'; readonly data: FoundData }
  | { readonly status: 'nothing_stored' }
  | {
      readonly status: 'not_identified';
      readonly article: 'GDPR Art. 11';
      readonly reason: string;
      readonly meaning: string;
    }
);

const NOT_KEPT = [
  'network address',
  'user agent',
  'the id in your browser',
  'e-mail address, phone number and user name',
  'order numbers',
  'queries and fragments of page addresses, other than utm_*',
];

const iso = (at: number): string => new Date(at).toISOString();

/** Makes the file of an access request from what is stored now. */
export async function makeAccessFile(needs: RightsNeeds, site: Site, request: PrivacyRequest): Promise<AccessFile> {
  const now = needs.now();
  const days = (await readRetention(needs.db)).find(({ row }) => row === site.row)?.days ?? {};
  const basis = basisOf(site.policy);
  const head = {
    format: 'hushtag access 1',
    request: request.id,
    site: site.id,
    madeAt: iso(now),
    recipients: (await needs.destinationsOf(site)).map(({ name, purpose }) => ({ name, purpose })),
    retentionDays: { ...days },
    notKept: NOT_KEPT,
    basis,
    information: informationOf(basis, 'en'),
  } as const;
  const notIdentified = (reason: string): AccessFile => ({
    ...head,
    status: 'not_identified',
    article: 'GDPR Art. 11',
    reason,
    meaning: notIdentifiedMeaning(reason),
  });
  if (request.status === 'not_identified') return notIdentified(request.outcome?.reason ?? 'salt_gone');
  const visitors = await requestVisitors(needs.db, request.seq);
  if (visitors.length === 0) {
    return (request.outcome?.rows?.['visitors'] ?? 0) > 0
      ? notIdentified('gone_since')
      : { ...head, status: 'nothing_stored' };
  }
  const stored = await readVisitorFile(needs.db, site.row, visitors);
  const rules = new Map((await readRuleSegments(needs.db, site.row)).segments.map((rule) => [rule.id, rule]));
  const by = {
    own: (await readSiteTraits(needs.db, site.row)).traits,
    models: await readVisitorModels(needs.db, site.row),
  };
  return { ...head, status: 'found', data: foundData(needs, stored, { rules, by }, { askedBy: request.askedBy, now }) };
}

/**
 * Whether a browser was ever identified by a login. Anybody can tell a site that their browser is somebody's: the segments
 * that follow from it would be those of the other, and that there are any would say that the other is known.
 */
const wasIdentified = ({ links, events, eventsLeftOut }: VisitorFile): boolean =>
  links.length > 0 || eventsLeftOut > 0 || events.some(({ name }) => name === IDENTIFY_EVENT);

function foundData(
  needs: RightsNeeds,
  stored: VisitorFile,
  { rules, by }: { readonly rules: ReadonlyMap<string, RuleSegment>; readonly by: ExplainedBy },
  { askedBy, now }: { readonly askedBy: PrivacyRequest['askedBy']; readonly now: EpochMs },
): FoundData {
  // The browser's own id proves the browser and not the login.
  const isWithheld = askedBy === 'visitor' && wasIdentified(stored);
  const traits = stored.profiles.flatMap((state) => needs.explainProfile(state, now, by));
  const objectedAt = stored.visitors.flatMap((visitor) => visitor.objectedAt ?? [])[0];
  return {
    events: stored.events.map(({ at, purposes, ...event }) => ({
      ...event,
      at: iso(at),
      purposes: purposesOf(purposes),
    })),
    eventsLeftOut: stored.eventsLeftOut,
    keptAside: stored.letters.map(({ at, receivedAt, purposes, ...letter }) => ({
      ...letter,
      at: iso(at),
      receivedAt: iso(receivedAt),
      purposes: purposesOf(purposes),
    })),
    profile:
      stored.profiles.length === 0
        ? null
        : { traits, stored: stored.profiles.map((state): unknown => JSON.parse(state)) },
    segments: isWithheld ? [] : stored.segments.map(({ id, published }) => explainSegment(id, published, rules)),
    ...(isWithheld ? { segmentsWithheld: 'login' } : {}),
    consents: consentsOf(stored.events),
    receipts: stored.receipts.map(({ gpc, ...receipt }) => ({
      ...receipt,
      at: iso(receipt.at),
      purposes: purposesOf(receipt.purposes),
      ...(gpc === undefined ? {} : { gpc: gpc.isSet, effective: purposesOf(gpc.effective) }),
    })),
    logins: stored.links.map(({ kind, linkedAt }) => ({ by: kind, at: iso(linkedAt) })),
    objectedAt: objectedAt === undefined ? null : iso(objectedAt),
  };
}

function explainSegment(
  id: string,
  published: string | undefined,
  rules: ReadonlyMap<string, RuleSegment>,
): AccessSegment {
  const rule = rules.get(id);
  if (rule !== undefined) {
    const why = `The site made a rule, and what is stored of you fulfils it: ${wordsOf(rule.rule.where)}.`;
    return { id, label: rule.name, why };
  }
  const segment = published === undefined ? undefined : (JSON.parse(published) as PublishedSegment);
  const why =
    'Visitors whose profiles are alike are put into groups by an automatic calculation (k-means over the traits above); yours is nearest to the centre of this one.';
  if (segment?.status !== 'published') return { id, why: `${why} The group is too small for its numbers to be shown.` };
  return { id, label: segment.label, description: segment.description, why };
}

function consentsOf(events: readonly FiledEvent[]): AccessConsent[] {
  const groups = new Map<
    string,
    { purposes: number; policyVersion: number; first: number; last: number; events: number }
  >();
  for (const { at, purposes, policyVersion } of events) {
    const key = `${purposes}|${policyVersion}`;
    const group = groups.get(key) ?? { purposes, policyVersion, first: at, last: at, events: 0 };
    groups.set(key, {
      ...group,
      first: Math.min(group.first, at),
      last: Math.max(group.last, at),
      events: group.events + 1,
    });
  }
  return [...groups.values()].map((group) => ({
    ...group,
    purposes: purposesOf(group.purposes),
    first: iso(group.first),
    last: iso(group.last),
  }));
}
