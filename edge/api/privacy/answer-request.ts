// edge/api/privacy/answer-request.ts: answers a request about somebody's data, and finishes those that were interrupted.
//
// Who asked is made into keys first. Then the request, what it promises (tombstone, objection, the visitors of a file) and
// the audit entries are one transaction: killed before it nothing was promised, killed after it the schedule finishes.
import type { EpochMs, Result } from '../../../contract/index.ts';
import { DAY_MS, err, ok } from '../../../contract/index.ts';
import { KEY_BYTES, lengthPrefixed, toHex } from '../../../core/index.ts';
import type {
  ErasedRows,
  LeaseNeeds,
  NewRequest,
  PrivacyRequest,
  RequestKind,
  RequestStep,
  Site,
} from '../../../store/index.ts';
import {
  addRequestStep,
  closeRequest,
  erasureKept,
  eraseVisitor,
  findRepeated,
  findRequest,
  leaveSegments,
  letterVisitorStatement,
  listSites,
  noteOutcome,
  objectionKept,
  objectionStatements,
  objectionWithdrawalStatements,
  openRequests,
  replayTombstones,
  requestStatements,
  signErasureReceipt,
  unlink,
  visitorsOfKeys,
} from '../../../store/index.ts';
import { tokenKeysFrom } from '../../http/tokens.ts';
import { destinationDigest } from './destinations.ts';
import type { Ask, KnownAs, RightsNeeds, Subject } from './needs.ts';

/** Days until a request must be answered: GDPR Art. 12 (3) says one month, of which the shortest has 28 days; most have 30. */
export const ANSWER_DAYS = 30;
/** How long a destination that does not answer is tried again, each time the schedule comes by: then the receipt says so. */
const TELL_MS_MAX: number = 3 * DAY_MS;
const ID_BYTES = 16;
const HOLDER_BYTES = 8;
const NO_ROWS: ErasedRows = { events: 0, visitors: 0, strings: 0 };

const leaseNeeds = ({ db, randomBytes, now }: RightsNeeds): LeaseNeeds => ({
  db,
  holder: toHex(randomBytes(HOLDER_BYTES)),
  clock: now,
});

const fieldsOf = (subject: Subject): string[] =>
  subject.kind === 'first_party_id'
    ? [subject.kind, subject.firstPartyId]
    : [subject.kind, subject.account.kind, subject.account.value];

/** Hashes under a secret of their own: an Idempotency-Key may be anything, and the subject is a person's (P1). */
async function fingerprints(
  { keys, randomBytes }: RightsNeeds,
  site: Site,
  { idempotencyKey, kind, subject, askedBy }: Ask,
): Promise<NewRequest['idempotency']> {
  if (idempotencyKey === undefined) return undefined;
  const secret = Uint8Array.from(await keys.secret('requests', randomBytes(KEY_BYTES)));
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const keyed = async (...fields: readonly string[]): Promise<string> =>
    toHex(
      new Uint8Array(await crypto.subtle.sign('HMAC', key, lengthPrefixed(['hushtag request 1', site.id, ...fields]))),
    );
  // Officers share their keys, visitors share none: else one could take the key another is about to use.
  const who = askedBy === 'officer' ? [askedBy] : [askedBy, ...fieldsOf(subject)];
  return {
    key: await keyed(...who, idempotencyKey),
    fingerprint: await keyed(...who, idempotencyKey, kind, ...fieldsOf(subject)),
  };
}

async function repeated(
  { db }: RightsNeeds,
  site: Site,
  idempotency: NewRequest['idempotency'],
): Promise<Result<PrivacyRequest, 'idempotency_reused'> | undefined> {
  const known = idempotency === undefined ? undefined : await findRepeated(db, site.row, idempotency.key);
  if (known === undefined) return undefined;
  if (known.fingerprint !== idempotency?.fingerprint) return err('idempotency_reused');
  const request = await findRequest(db, site.row, known.id);
  return request === undefined ? undefined : ok(request);
}

/**
 * Answers a request. @returns it as it stands: `open` where the segmenter was at work, and the schedule goes on with it.
 */
export async function answerRequest(
  needs: RightsNeeds,
  site: Site,
  ask: Ask,
): Promise<Result<PrivacyRequest, 'idempotency_reused'>> {
  const idempotency = await fingerprints(needs, site, ask);
  const before = await repeated(needs, site, idempotency);
  if (before !== undefined) return before;
  const id = toHex(needs.randomBytes(ID_BYTES));
  try {
    await work(needs, site, ask, id, idempotency);
  } catch (fault) {
    // Two of the same at once: the index let one of them in, and that one's answer is the answer to both.
    const winner = await repeated(needs, site, idempotency);
    if (winner === undefined || (winner.ok && winner.value.id === id)) throw fault;
    return winner;
  }
  const request = await findRequest(needs.db, site.row, id);
  if (request === undefined) throw new Error('a request that was written can be read');
  return ok(request);
}

/** A request whose person is known by keys, before anything of it is written. */
interface Begun extends KnownAs {
  readonly needs: RightsNeeds;
  readonly site: Site;
  readonly at: EpochMs;
  readonly request: Omit<NewRequest, 'status' | 'steps'>;
}

const KNOWN_STEPS = ['received', 'identified'] as const;

async function work(
  needs: RightsNeeds,
  site: Site,
  { kind, subject, askedBy }: Ask,
  id: string,
  idempotency: NewRequest['idempotency'],
): Promise<void> {
  const at = needs.now();
  const dueAt = (at + ANSWER_DAYS * DAY_MS) as EpochMs;
  const named = { id, kind, subject: subject.kind, askedBy, askedAt: at, dueAt, visitors: [] };
  const request = { ...named, ...(idempotency === undefined ? {} : { idempotency }) };
  const identified = await needs.identify(site, subject);
  if (identified.ok) {
    const begun: Begun = { needs, site, at, request, ...identified.value };
    await WORKS[kind](begun);
    return;
  }
  await closeUnknown(needs, site, request, identified.error);
}

/** Writes a request of somebody nobody can tell anything of: an answer like any other. */
async function closeUnknown({ db }: RightsNeeds, site: Site, request: Begun['request'], reason: string): Promise<void> {
  const steps = ['received', 'not_identified'] as const;
  const closed = { ...request, status: 'not_identified', outcome: { reason }, steps } as const;
  await db.client.batch(await requestStatements(site, closed), 'write');
}

const WORKS: Readonly<Record<RequestKind, (begun: Begun) => Promise<void>>> = {
  access: async ({ needs, site, request, visitors: keys, doubt }) => {
    if (doubt !== undefined) return closeUnknown(needs, site, request, doubt);
    const named = keys.map((key) => letterVisitorStatement(site.row, key));
    await needs.db.client.batch(named, 'write');
    const visitors = await visitorsOfKeys(needs.db, site.row, keys);
    const done = { status: 'done', outcome: { rows: { visitors: visitors.length } }, steps: KNOWN_STEPS } as const;
    await needs.db.client.batch(await requestStatements(site, { ...request, ...done, visitors }), 'write');
  },
  erasure: async ({ needs, site, request, visitors: keys, at, doubt: reason }) => {
    const untold = await Promise.all(keys.map((key) => destinationDigest(site.id, key)));
    const promised = { untold, ...(reason === undefined ? {} : { reason }) };
    const also = await requestStatements(site, { ...request, status: 'open', outcome: promised, steps: KNOWN_STEPS });
    const erased = await eraseVisitor(leaseNeeds(needs), site, { keys, receipt: request.id, at, also });
    // After the promise, so that the schedule finishes whatever is named there; before it is called done, so that a restore knows of it.
    const isApart = await needs.keepApart({ name: request.id, kept: await erasureKept(site.row, keys, at) });
    if (!erased.ok) return addRequestStep(needs.db, site, request.id, 'waiting_for_segmenter', needs.now());
    const outcome = { ...promised, rows: { ...erased.value } };
    await finishErasure(needs, site, { ...request, steps: [], outcome }, isApart);
  },
  objection: async ({ needs, site, request, visitors: keys, at, doubt: reason }) => {
    const objections = (await Promise.all(keys.map((key) => objectionStatements(site.row, key, at)))).flat();
    const steps = [...KNOWN_STEPS, 'objection_recorded'] as const;
    // Of a login that no browser is linked to there is nobody to object for, which the answer says.
    const nobody = keys.length === 0 ? { rows: { visitors: 0 } } : {};
    const outcome = { ...nobody, ...(reason === undefined ? {} : { reason }) };
    const recorded = await requestStatements(site, { ...request, status: 'open', outcome, steps });
    await needs.db.client.batch([...recorded, ...objections], 'write');
    const isApart = await needs.keepApart({ name: request.id, kept: await objectionKept(site.row, keys, at) });
    await finishObjection(needs, site, { ...request, outcome, steps: [] }, isApart);
  },
  objection_withdrawal: async ({ needs, site, request, visitors: keys }) => {
    const statements = (await Promise.all(keys.map((key) => objectionWithdrawalStatements(site.row, key)))).flat();
    const steps = [...KNOWN_STEPS, 'objection_withdrawn'] as const;
    const recorded = await requestStatements(site, { ...request, status: 'done', outcome: {}, steps });
    await needs.db.client.batch([...recorded, ...statements], 'write');
    // Else the next start would hear there that they object. Where it can't be written they object until the schedule has.
    await needs.keepApart();
  },
  unlink: async ({ needs, site, request, visitors: keys, accounts, at }) => {
    const steps = [...KNOWN_STEPS, 'unlinked'] as const;
    const also = await requestStatements(site, { ...request, status: 'done', outcome: {}, steps });
    const whom = accounts.length > 0 ? [{ accounts }] : keys.map((visitor) => ({ visitor }));
    // The first takes the request into its transaction; the keys of one visitor name the same row, and so the same links.
    for (const [nth, who] of whom.entries()) await unlink(needs.db, site, who, at, nth === 0 ? also : []);
  },
};

/** A request as far as finishing asks; its steps are those of before. */
type Unfinished = Pick<PrivacyRequest, 'id' | 'askedAt' | 'outcome' | 'steps'>;

/** The step of something that is waited for, once a request. */
const onceOf = ({ steps }: Unfinished, step: RequestStep, at: EpochMs): { step: RequestStep; at: EpochMs }[] =>
  steps.some((one) => one.step === step) ? [] : [{ step, at }];

/**
 * Tells who had the data and was not told yet; where all were, or have not answered for {@link TELL_MS_MAX}, and the second place
 * has the tombstone, signs the receipt and closes. For the second place there is no such end: until it can be written, a restored
 * backup would bring back who was told that they are erased. @returns whether it closed.
 */
async function finishErasure(needs: RightsNeeds, site: Site, request: Unfinished, isApart: boolean): Promise<boolean> {
  const { id, askedAt, outcome } = request;
  const { untold = [], rows = {}, destinations: before = [], reason } = outcome ?? {};
  const known = new Map(before.map(({ name, told }) => [name, told]));
  const destinations = await Promise.all(
    (await needs.destinationsOf(site)).map(async ({ name, forget }) => ({
      name,
      told: known.get(name) === true || (await forget({ receipt: id, visitors: untold })),
    })),
  );
  const at = needs.now();
  const isUntold = destinations.some(({ told }) => !told) && at - askedAt < TELL_MS_MAX;
  if (isUntold || !isApart) {
    const steps = [
      ...(isUntold ? onceOf(request, 'waiting_for_destination', at) : []),
      ...(isApart ? [] : onceOf(request, 'waiting_for_second_place', at)),
    ];
    await noteOutcome(needs.db, site, id, { ...outcome, untold, rows, destinations }, steps);
    return false;
  }
  if (reason !== undefined) {
    // No receipt: it would say of everything what is true only of what can be told to be theirs.
    const closed = {
      status: 'not_identified',
      steps: ['not_identified'],
      outcome: { reason, destinations },
      at,
    } as const;
    return closeRequest(needs.db, site, id, closed);
  }
  const { privateKey } = await tokenKeysFrom(await needs.keys.secret('audit', needs.randomBytes(KEY_BYTES)));
  const { events = 0, visitors = 0, strings = 0 } = rows;
  const said = { receipt: id, site: site.id, erasedAt: at, rows: { events, visitors, strings }, destinations };
  const receipt = await signErasureReceipt(said, privateKey);
  const told = destinations.length === 0 ? [] : (['destinations_told'] as const);
  await closeRequest(needs.db, site, id, {
    steps: ['erased', ...told],
    outcome: { rows: { ...said.rows }, destinations, receipt },
    at,
  });
  return true;
}

async function finishObjection(
  needs: RightsNeeds,
  site: Site,
  request: Unfinished,
  isApart: boolean,
): Promise<boolean> {
  const left = await leaveSegments(leaseNeeds(needs), site.row);
  const at = needs.now();
  if (left.ok && isApart) {
    const { outcome = {} } = request;
    const closed = outcome.reason === undefined ? { outcome } : ({ status: 'not_identified', outcome } as const);
    await closeRequest(needs.db, site, request.id, { steps: ['left_segments'], at, ...closed });
    return true;
  }
  const waits = [
    ...(left.ok ? [] : onceOf(request, 'waiting_for_segmenter', at)),
    ...(isApart ? [] : onceOf(request, 'waiting_for_second_place', at)),
  ];
  for (const { step } of waits) await addRequestStep(needs.db, site, request.id, step, at);
  return false;
}

/**
 * Goes on with requests that were interrupted, met a run of the segmenter, or wait for a destination to answer or for the second
 * place to be written. The rows of a receipt are those of the run that finished the erasure. @returns how many were closed.
 */
export async function finishRequests(needs: RightsNeeds): Promise<number> {
  const open = await openRequests(needs.db);
  if (open.length === 0) return 0;
  const sites = new Map((await listSites(needs.db)).map((site) => [site.row, site]));
  const isErased = ({ outcome }: PrivacyRequest): boolean => outcome?.rows !== undefined;
  const replayed = open.some((request) => request.kind === 'erasure' && !isErased(request))
    ? await replayTombstones(leaseNeeds(needs))
    : ok(NO_ROWS);
  // All of it: what was promised before a kill is in the database, and may not be there.
  const isApart = await needs.keepApart();
  let closed = 0;
  for (const request of open) {
    const site = sites.get(request.site);
    if (site === undefined) continue;
    if (request.kind === 'objection') closed += Number(await finishObjection(needs, site, request, isApart));
    if (request.kind !== 'erasure' || (!isErased(request) && !replayed.ok)) continue;
    const rows = isErased(request) || !replayed.ok ? {} : { rows: { ...replayed.value } };
    const outcome = { ...request.outcome, ...rows };
    closed += Number(await finishErasure(needs, site, { ...request, outcome }, isApart));
  }
  return closed;
}
