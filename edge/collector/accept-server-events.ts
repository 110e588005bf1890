// edge/collector/accept-server-events.ts: decides about events in words, one by one, and says what became of each (D2).
import type { EpochMs, EventId } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import type { DecodedBatch } from '../../contract/wire-decode.ts';
import { decodeEvent } from '../../contract/wire-decode.ts';
import type { Choice, LedgerLine, LetterVia, Site, WriteJob } from '../../store/index.ts';
import { sumConsents } from '../../store/index.ts';
import { acceptBatch } from './accept-batch.ts';
import type { Keyring } from './keyring.ts';
import type { Defaults, WireInput } from './server-event.ts';
import { idFrom, pointerInWords, readServerEvent, roughlyWire, roughSource } from './server-event.ts';

/** What became of one event. `accepted`: it is stored once this is answered, or was before. */
export interface EventResult {
  readonly index: number;
  readonly outcome: 'accepted' | Exclude<LedgerLine['outcome'], 'received'>;
  readonly reason?: string;
  readonly pointer?: string;
}

/** What accepting needs of its surroundings. */
export interface ServerContext {
  readonly site: Site;
  readonly now: EpochMs;
  readonly saltHmac: Keyring;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  readonly via: LetterVia;
  /** How old an event may be, ms. */
  readonly ageMsMax: number;
}

/** One event to be decided about. */
export interface ServerInput {
  readonly raw: unknown;
  /** What it is known by where it has no id; undefined where it must have one. */
  readonly ownId?: string;
  readonly line?: number;
}

/** What is to be written, and what is answered. */
export interface AcceptedEvents {
  readonly job: WriteJob;
  readonly results: readonly EventResult[];
}

const batchOf = (
  site: Site,
  now: EpochMs,
  raw: unknown,
  input: WireInput | undefined,
  pointer: string,
  id: EventId | undefined,
): DecodedBatch => ({
  site: site.id,
  sentAt: now,
  consent: input?.consent ?? { state: 'unasked' },
  ...(input?.firstPartyId === undefined ? {} : { firstPartyId: input.firstPartyId }),
  automated: false,
  withdrawn: [],
  events: [
    input === undefined
      ? { ok: false, error: 'malformed_event', pointer, ...(id === undefined ? {} : { id }) }
      : decodeEvent(input.raw),
  ],
  raw: [raw],
  overLimit: 0,
});

/** Decides about one. */
async function acceptOne(
  { raw, ownId, line }: ServerInput,
  defaults: Defaults,
  context: ServerContext,
): Promise<Omit<AcceptedEvents, 'results'> & { readonly result: Omit<EventResult, 'index'> }> {
  const { site, now, saltHmac, randomBytes, via, ageMsMax } = context;
  const hmac = await saltHmac(site.row, 'long', now);
  const read = await readServerEvent(raw, defaults, { site: site.id, hmac, ownId });
  const input = read.ok ? read.value : undefined;
  // So that a bad line sent again is the same letter.
  const letterId = read.ok || ownId === undefined ? undefined : await idFrom(hmac, site.id, 0, ownId);
  const wire = input?.raw ?? roughlyWire(raw);
  const day = Math.floor(now / DAY_MS);
  if (input !== undefined && now - Number(input.raw['t']) > ageMsMax) {
    const ledger: LedgerLine[] = [
      { outcome: 'received', reason: '', events: 1 },
      { outcome: 'late', reason: 'too_old', events: 1 },
    ];
    return { job: { site: site.row, day, rows: [], ledger }, result: { outcome: 'late', reason: 'too_old' } };
  }
  const { job: accepted, refused } = await acceptBatch(
    batchOf(site, now, wire, input, read.ok ? '' : read.error, letterId),
    {
      site,
      imported: true,
      gpc: input?.gpc ?? defaults.gpc,
      bot: undefined,
      sender: input?.sender ?? { userAgent: '' },
      now,
      saltHmac,
      randomBytes,
      via,
      source: input?.source ?? roughSource(raw, defaults),
      ...(line === undefined ? {} : { line }),
    },
  );
  const choices = asTold(accepted.choices ?? [], via, Number(input?.raw['t'] ?? now));
  const job = { ...accepted, choices };
  const why = job.ledger.find(({ outcome }) => outcome !== 'received');
  if (why === undefined || why.outcome === 'received') return { job, result: { outcome: 'accepted' } };
  const { outcome, reason } = why;
  const given = refused[0]?.pointer;
  const pointer = given === undefined ? {} : { pointer: input === undefined ? given : pointerInWords(given) };
  return { job, result: { outcome, reason, ...pointer } };
}

/** Counts equal outcomes and reasons together. */
function summed(lines: readonly LedgerLine[]): LedgerLine[] {
  const counts = new Map<string, LedgerLine>();
  for (const line of lines) {
    const key = `${line.outcome}|${line.reason}`;
    counts.set(key, { ...line, events: line.events + (counts.get(key)?.events ?? 0) });
  }
  return [...counts.values()];
}

/**
 * Withdrawals, each visitor's latest. A grant that a back end tells of makes its event and no receipt: one that names fewer
 * purposes would read as a withdrawal of the others, which nobody chose.
 */
function withdrawalsOf(choices: readonly Choice[]): Choice[] {
  const latest = new Map<string, Choice>();
  for (const choice of choices) {
    if (choice.kind !== 'withdrawn') continue;
    const held = latest.get(choice.visitor);
    if (held === undefined || (held.toldAt ?? held.receivedAt) <= (choice.toldAt ?? choice.receivedAt)) {
      latest.set(choice.visitor, choice);
    }
  }
  return [...latest.values()];
}

/** Of an import, a refusal was told when its event happened. */
const asTold = (choices: readonly Choice[], via: LetterVia, eventAt: number): Choice[] =>
  via === 'import'
    ? choices.map((choice) => ({ ...choice, toldAt: choice.toldAt ?? eventAt, isHistory: true }))
    : [...choices];

/** Decides about events in order. Nothing is written yet. */
export async function acceptServerEvents(
  inputs: readonly ServerInput[],
  defaults: Defaults,
  context: ServerContext,
): Promise<AcceptedEvents> {
  const decided = [];
  for (const input of inputs) decided.push(await acceptOne(input, defaults, context));
  const letters = decided.flatMap(({ job }) => job.letters ?? []);
  const findings = decided.flatMap(({ job }) => job.findings ?? []);
  const consents = decided.flatMap(({ job }) => job.consents ?? []);
  const choices = withdrawalsOf(decided.flatMap(({ job }) => job.choices ?? []));
  return {
    results: decided.map(({ result }, index) => ({ index, ...result })),
    job: {
      site: context.site.row,
      day: Math.floor(context.now / DAY_MS),
      rows: decided.flatMap(({ job }) => job.rows),
      ledger: summed(decided.flatMap(({ job }) => job.ledger)),
      ...(letters.length === 0 ? {} : { letters }),
      ...(findings.length === 0 ? {} : { findings }),
      ...(consents.length === 0 ? {} : { consents: sumConsents(consents) }),
      ...(choices.length === 0 ? {} : { choices }),
    },
  };
}
