// cli/commands/clock.ts: `hushtag clock`: whether this machine's clock is believed, and the operator's word that it is right.
import { defineCommand } from 'citty';
import type { ClockVerdict } from '../../core/index.ts';
import { HOUR_MS } from '../../contract/index.ts';
import { acceptClock, readClock } from '../../store/index.ts';
import { print, requireConfig, withDb } from '../context.ts';

const jsonFlag = { type: 'boolean', description: 'Print one line of JSON' } as const;
const time = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const MEANING = {
  trusted: 'It is believed.',
  ahead:
    'It is NOT believed: salts and rows past their limit wait. Set it where it is wrong; else say `hushtag clock accept`.',
  behind:
    'It is before what was believed: what is due goes late. Set it where it is wrong; else say `hushtag clock accept`.',
} as const;

const hours = (ms: number): string => `${(Math.abs(ms) / HOUR_MS).toFixed(1)} h`;
const told = (now: number, { state, leadMs, record }: ClockVerdict): string =>
  `This machine says ${time(now)}; last believed ${time(record.trustedAt)} (${hours(leadMs)} ${leadMs < 0 ? 'later' : 'ago'}). ${MEANING[state]}`;

const showCommand = defineCommand({
  meta: { name: 'show', description: "Say whether this machine's clock is believed" },
  args: { json: jsonFlag },
  run: async ({ args }) => {
    const now = Date.now();
    const verdict = await withDb(requireConfig(), (db) => readClock(db, now));
    const { state, leadMs, record } = verdict;
    print(args.json === true, { now, state, leadMs, trustedAt: record.trustedAt }, told(now, verdict));
  },
});

const acceptCommand = defineCommand({
  meta: { name: 'accept', description: "Say that this machine's clock is right: what is due by it is destroyed" },
  args: { json: jsonFlag },
  run: async ({ args }) => {
    const now = Date.now();
    await withDb(requireConfig(), (db) => acceptClock(db, now));
    print(
      args.json === true,
      { now, state: 'trusted' },
      `${time(now)} is believed; the audit log says that you said so.`,
    );
  },
});

/** The command. */
export const clockCommand = defineCommand({
  meta: { name: 'clock', description: "Whether this machine's clock is believed, and your word that it is right" },
  subCommands: { show: showCommand, accept: acceptCommand },
});
