// runtime/start-damage.ts: what must not be opened as if nothing had happened: opening would make the loss final, and silent.
import { readdir, rm, stat } from 'node:fs/promises';
import { faultCode } from '../core/index.ts';
import { countLostEvents, readCommitMark, removeCommitMark } from '../store/commit-mark.ts';
import type { Config } from './config.ts';
import { filesOf } from './files.ts';
import { StartError } from './start-error.ts';
import { findWalDamage } from './wal-damage.ts';

/** Damage that an operator may go on with, knowingly. */
export interface StartDamage {
  readonly kind: 'database_missing' | 'log_damaged' | 'events_missing';
  readonly message: string;
}

const GO_ON = 'To go on without what is lost, run `hushtag serve --accept-damage` once; the audit log will say so.';

async function bytesOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (fault) {
    if (faultCode(fault) === 'ENOENT') return 0;
    throw fault;
  }
}

/** Whether the key folder holds keys of live salts: then there was a database. */
async function hasLiveKeys(keyDir: string): Promise<boolean> {
  try {
    return (await readdir(keyDir)).some((name) => name.endsWith('.kek'));
  } catch (fault) {
    if (faultCode(fault) === 'ENOENT') return false;
    throw fault;
  }
}

/** What tells that there was a database where there is none; undefined where nothing does. */
async function signOfDatabase({ keyDir }: Config, ground: string): Promise<string | undefined> {
  if (await hasLiveKeys(keyDir)) return `${keyDir} holds keys of live salts`;
  return readCommitMark(ground) > 0 ? `${ground}-mark speaks of its events` : undefined;
}

/** Looks for damage before the data is opened. @returns undefined where there is none. */
export async function findStartDamage(config: Config): Promise<StartDamage | undefined> {
  const { ground } = filesOf(config);
  const sign = (await bytesOf(ground)) === 0 ? await signOfDatabase(config, ground) : undefined;
  if (sign !== undefined) {
    return {
      kind: 'database_missing',
      message:
        `${ground} is missing or empty, and ${sign}: there was a database. ` +
        `Is HUSHTAG_DATA_DIR right, is its disk mounted? If so, restore ground.db from a backup. ${GO_ON}`,
    };
  }
  const damage = await findWalDamage(ground);
  if (damage !== undefined) {
    return {
      kind: 'log_damaged',
      message:
        `${ground}-wal is damaged behind frame ${damage.frame} (${damage.kind}): events that were acknowledged stand behind it and would be dropped. ` +
        `Nothing was changed. Copy the data folder aside, check the disk, restore ground.db from a backup. ${GO_ON}`,
    };
  }
  const lost = await countLostEvents(ground);
  if (lost === 0) return undefined;
  return {
    kind: 'events_missing',
    message:
      `${ground} ends ${lost} event(s) before the last that was acknowledged (${ground}-mark): its log was lost or cut, or the file is an older copy. ` +
      `Look for the ${ground}-wal that belongs to it; else restore ground.db from the newest backup. ${GO_ON}`,
  };
}

/** Refuses to start over damage unless it is accepted. @returns what was accepted. @throws {StartError} */
export async function refuseDamage(config: Config, isAccepted: boolean): Promise<StartDamage | undefined> {
  const damage = await findStartDamage(config);
  if (damage !== undefined && !isAccepted) throw new StartError(damage.kind, damage.message);
  // Beside an empty file SQLite would still take pages from a log that belonged to the full one.
  if (damage?.kind === 'database_missing') await rm(filesOf(config).ground, { force: true });
  if (damage !== undefined) removeCommitMark(filesOf(config).ground);
  return damage;
}
