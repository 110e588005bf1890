// edge/collector/replay-letters.ts: tries dead letters again after a fix, with fields moved where the fix is on the sender's side.
import type { PlanFinding } from '../../core/index.ts';
import { judgeEvent, personalPart } from '../../core/index.ts';
import type { ConsentDecision, EpochMs, EventId, Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import { decodeEvent } from '../../contract/wire-decode.ts';
import type { Db, EventRow, KeptLetter, LetterChoice, Mended, Site } from '../../store/index.ts';
import { readLetters, replayStatements } from '../../store/index.ts';
import type { Port } from '../port.ts';
import { planPointer } from './accept-batch.ts';
import { deriveRow } from './derive.ts';
import type { FieldMapping } from '../http/field-mapping.ts';
import { mapFields } from '../http/field-mapping.ts';
import type { EventKeys } from './sender-keys.ts';
import { ROW_BYTES_MAX, rowBytes } from './row-bytes.ts';

/** Letters that one call looks at. */
export const REPLAY_LETTERS_MAX = 500;
/** Times a replay begins anew because somebody else took one of its letters. */
const TRIES_MAX = 3;

/** Why a letter was not replayed. Nothing of it changed. */
export interface StillRefused {
  readonly letter: number;
  readonly reason: string;
  readonly pointer: string;
}

/** What a replay did, or with `dryRun` would do. */
export interface ReplayReport {
  readonly replayed: number;
  readonly refused: readonly StillRefused[];
  /** The last letter looked at; go on behind it. Null where there are no more. */
  readonly next: number | null;
}

/** What a replay needs. */
export interface ReplayNeeds {
  readonly db: Db;
  readonly now: () => EpochMs;
  readonly transact: Port['transact'];
}

/** What is asked for. */
export interface ReplayRequest {
  readonly choice: LetterChoice;
  readonly mapping: FieldMapping;
  readonly dryRun: boolean;
}

// The stored id is a UUIDv7 without its hyphens and with its time coarsened; read back it stores as itself.
const uuidOf = (id: string): EventId => id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as EventId;

const isRefusal = ({ mode }: PlanFinding): boolean => mode === 'reject';

function mendedRow(site: Site, letter: KeptLetter, mapping: FieldMapping): Result<EventRow, StillRefused> {
  const refuse = (reason: string, pointer = ''): Result<never, StillRefused> =>
    err({ letter: letter.letter, reason, pointer });
  if (letter.body === undefined) return refuse('body_not_kept');
  const body = mapFields(JSON.parse(letter.body) as object, mapping);
  const decoded = decodeEvent({ ...body, i: uuidOf(letter.id), t: letter.at });
  if (!decoded.ok) return refuse(decoded.error, decoded.pointer);
  const misfit = site.plan && judgeEvent(site.plan, decoded.value.name, decoded.value.properties).find(isRefusal);
  if (misfit !== undefined) return refuse(misfit.reason, planPointer(misfit));
  const personal = personalPart(site.policy, decoded.value);
  if (personal !== undefined) return refuse('personal_data', `/${personal}`);
  // Keys were made when it came, under the consent of that moment; nothing is derived from a person now.
  const { visitor, linked, purposes, policyVersion } = letter;
  const decision: ConsentDecision = linked === 1 ? { action: 'link', purposes } : { action: 'count', purposes: 0 };
  const keys: EventKeys = visitor === undefined ? { linked } : { linked, visitor };
  // Of where and how it came its source alone was kept with it.
  const derive = { site, decision, source: letter.source };
  const order = letter.orderKey === undefined ? undefined : { key: letter.orderKey };
  const made = deriveRow(derive, decoded.value, letter.at as EpochMs, keys, order, []);
  const row = { ...made, purposes, policyVersion };
  return rowBytes(row) > ROW_BYTES_MAX ? refuse('event_too_large') : ok(row);
}

/** Replays letters of a site: those that are sound now become events, exactly once; the others stay as they are (D1, D2). */
export async function replayLetters(needs: ReplayNeeds, site: Site, request: ReplayRequest): Promise<ReplayReport> {
  for (let tries = 1; ; tries += 1) {
    const letters = await readLetters(needs.db, site.row, request.choice);
    const results = letters.map((letter) => ({ letter, made: mendedRow(site, letter, request.mapping) }));
    const mended = results.flatMap(({ letter, made }): Mended[] => (made.ok ? [{ letter, row: made.value }] : []));
    const report: ReplayReport = {
      replayed: mended.length,
      refused: results.flatMap(({ made }) => (made.ok ? [] : [made.error])),
      next:
        'limit' in request.choice && letters.length === request.choice.limit ? (letters.at(-1)?.letter ?? null) : null,
    };
    if (request.dryRun || mended.length === 0) return report;
    try {
      await needs.transact(await replayStatements(site, mended, needs.now()));
      return report;
    } catch (fault) {
      const still = await readLetters(needs.db, site.row, { letters: mended.map(({ letter }) => letter.letter) });
      // Where all are still there it was not somebody else's replay that stood in the way.
      if (still.length === mended.length || tries >= TRIES_MAX) throw fault;
    }
  }
}
