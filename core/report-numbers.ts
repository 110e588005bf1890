// core/report-numbers.ts: by which rules numbers about people leave in reports (P3, docs/adr/0029-reports-that-are-paid-for.md).
//
// A report is asked at will, so neither a snapshot nor a cap of publications bounds what many answers tell together. Two
// things do: a day's numbers are made a few times in all, and what spans days is paid for from a budget of the site.
import type { SiteId, WithheldReason } from '../contract/index.ts';
import { DAY_MS, HOUR_MS } from '../contract/index.ts';
import { lengthPrefixed } from './pseudonym.ts';
import type { WordsSecret, WordSource } from './publishing.ts';
import {
  checkFloor,
  COUNT_STEP,
  discreteLaplace,
  FLOOR_MARGIN,
  mayRelease,
  NOISE_SCALE,
  RELEASE_PERIOD_MS,
  setWords,
} from './publishing.ts';

/** Scale of the noise of numbers that are paid for: wider than a release's, because there may be more of them. */
export const REPORT_NOISE_SCALE = 20;
/** How far above the floor such a number must be after its noise. */
export const REPORT_MARGIN: number = 3 * REPORT_NOISE_SCALE;
/**
 * Sets of visitors that one visitor can be in by all answers of {@link REPORT_PERIOD_MS}. Of so many independent numbers, all
 * about the same one visitor, the best guesser is right in 59 % of cases: they move its estimate by √80 ÷ 20 = 0.45 standard
 * deviations (Laplace noise of scale b has the Fisher information 1/b²).
 */
export const REPORT_UNITS_MAX = 80;
/** The period of {@link REPORT_UNITS_MAX}. */
export const REPORT_PERIOD_MS: number = RELEASE_PERIOD_MS;
/** A day's numbers about people are made anew this often while it goes on. */
export const DAY_STAGE_MS: number = 6 * HOUR_MS;
/** The stage of a day that no event of its own can change any more; imported history can. */
export const DAY_SEALED = 5;
/** Significant digits of money. */
const AMOUNT_DIGITS = 2;

/** A number of a report: what may be seen, or null. */
export type ReportCount = number | null;

/** The key a site's published numbers are blurred with. @param secret of the platform's keys, 32 bytes. */
export async function publishKeyOf(secret: Uint8Array<ArrayBuffer>, site: SiteId): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, lengthPrefixed(['hushtag publish 1', site])));
}

// The count is in it: the same question over other data draws other noise, or the difference of two answers would be exact.
// No digest of it first: HMAC takes a message of any length.
const wordsFor = (secret: WordsSecret, what: string, count: number): Promise<WordSource> =>
  setWords(secret, lengthPrefixed(['hushtag report 2', what, String(count)]));

const rounded = (noisy: number): number => Math.floor((noisy + COUNT_STEP / 2) / COUNT_STEP) * COUNT_STEP;

async function publishBlurred(
  count: number,
  floor: number,
  by: { readonly secret: WordsSecret; readonly what: string; readonly scale: number },
): Promise<ReportCount> {
  const noisy = count + (await discreteLaplace(await wordsFor(by.secret, by.what, count), by.scale));
  const outside = Number.POSITIVE_INFINITY;
  const margin = by.scale === NOISE_SCALE ? FLOOR_MARGIN : 3 * by.scale;
  const reason: WithheldReason | undefined =
    checkFloor(count, outside, floor) ?? checkFloor(noisy, outside, floor + margin);
  return reason === undefined ? rounded(noisy) : null;
}

/** A day's number about people. @param what names day and number: the same of both is the same number. */
export const publishDayCount = (
  count: number,
  floor: number,
  secret: Uint8Array<ArrayBuffer>,
  what: string,
): Promise<ReportCount> => publishBlurred(count, floor, { secret, what, scale: NOISE_SCALE });

/** A number about people that is paid for from the budget. @param scale of its noise, where more is asked at once than the budget allows for. */
export const publishReportCount = (
  count: number,
  floor: number,
  secret: WordsSecret,
  what: string,
  scale: number = REPORT_NOISE_SCALE,
): Promise<ReportCount> => publishBlurred(count, floor, { secret, what, scale });

/**
 * Nested numbers of visitors, such as who got to each step of a funnel, the first the largest. Those who got exactly so far are
 * groups that share no visitor: each is blurred by itself and a step is the sum of what follows, so all of it is one unit.
 */
export async function publishNested(
  reached: readonly number[],
  floor: number,
  secret: Uint8Array<ArrayBuffer>,
  what: string,
): Promise<ReportCount[]> {
  const shown: ReportCount[] = [];
  let noise = 0;
  let below = 0;
  for (let nth = reached.length - 1; nth >= 0; nth--) {
    const count = reached[nth] ?? 0;
    const group = count - (reached[nth + 1] ?? 0);
    noise += await discreteLaplace(await wordsFor(secret, `${what} step ${nth}`, group), REPORT_NOISE_SCALE);
    // The noise of several groups is wider, and so is its margin.
    const margin = REPORT_MARGIN * Math.sqrt(reached.length - nth);
    const isSeen = count >= floor && count + noise >= floor + margin;
    below = Math.max(below, isSeen ? rounded(count + noise) : 0);
    shown.unshift(isSeen ? below : null);
  }
  return shown;
}

/** Money to two significant digits, as means are. */
export const roundAmount = (minor: number): number => Math.round(Number(minor.toPrecision(AMOUNT_DIGITS)));

/**
 * How far a day has come: 0 in its first six hours, then one more each six; 4 once it is over, {@link DAY_SEALED} once no
 * late event of it is taken any more. People are counted up to the last full six hours.
 */
export function dayStage(day: number, now: number): number {
  const elapsed = now - day * DAY_MS;
  if (elapsed >= 2 * DAY_MS) return DAY_SEALED;
  return Math.max(0, Math.min(4, Math.floor(elapsed / DAY_STAGE_MS)));
}

/**
 * Whether a day's numbers may be made anew. @param was when they were made after the day was sealed, and its stage then.
 */
export function mayRefreshDay(
  was: { readonly stage: number; readonly late: readonly number[] } | undefined,
  stage: number,
  now: number,
): boolean {
  if (stage === 0) return false;
  if (was === undefined || was.stage < stage) return true;
  return stage === DAY_SEALED && mayRelease(was.late, now);
}

/** Steps in which the noise of a quality figure is drawn, each {@link QUALITY_SCALE} / so many of one person's weight. */
const QUALITY_STEPS = 1_024;
/**
 * Scale of a quality figure's noise, in what one person can move it by: what sizes and means leave of the budget of a model
 * (docs/adr/0057-one-budget-for-a-model.md).
 */
export const QUALITY_SCALE = 25;
/** Scales of noise that a noisy sum of shares must have, so that noise is a quarter of it at most, 19 times in 20. */
const SHARE_SCALES_MIN = 12;
/** Scales of noise that a group must have to be told from none: noise alone does so once in three hundred times. */
export const CELL_SCALES_MIN = 5;
/** Decimals of a quality figure. */
const QUALITY_DECIMALS = 2;

const qualityWords = (secret: WordsSecret, what: string, figure: number): Promise<WordSource> =>
  setWords(secret, lengthPrefixed(['hushtag quality 2', what, String(figure)]));

/**
 * A figure that says how good something is, with noise of {@link QUALITY_SCALE} times `reach` / `of`
 * (docs/adr/0035-figures-by-what-one-visitor-moves.md). From -1 to 1, two decimals. The same question over the same data gives the same figure.
 * @param what names the question; the figure itself is part of it.
 * @param reach how far one person's part goes: one of `of` people moves the figure by `reach` / `of`. 1 for a mean of shares.
 */
export async function publishQuality(
  figure: number,
  of: number,
  secret: WordsSecret,
  what: string,
  reach = 1,
): Promise<number> {
  const noise = await discreteLaplace(await qualityWords(secret, what, figure), QUALITY_SCALE * QUALITY_STEPS);
  const noisy = figure + ((noise / QUALITY_STEPS) * reach) / Math.max(1, of);
  const shown = Number(Math.min(1, Math.max(-1, noisy)).toFixed(QUALITY_DECIMALS));
  // Not -0, which is no other figure.
  return shown === 0 ? 0 : shown;
}

/**
 * Numbers of people in groups that share nobody, each with noise of its own. One that may be noise alone is 0: what is computed
 * of them then knows nothing of groups so small.
 * @param what names the groups, whose order is part of it. @returns whole numbers, 0 or {@link CELL_SCALES_MIN} scales and more.
 */
export async function publishCells(counts: readonly number[], secret: WordsSecret, what: string): Promise<number[]> {
  const shown: number[] = [];
  for (const [nth, count] of counts.entries()) {
    const noisy =
      count + (await discreteLaplace(await qualityWords(secret, `cell ${what} ${nth}`, count), QUALITY_SCALE));
    shown.push(noisy >= CELL_SCALES_MIN * QUALITY_SCALE ? noisy : 0);
  }
  return shown;
}

/**
 * The mean of shares from 0 to 1 over a group, two digits; null where the group is too small for the mean to be more than noise.
 * @param scale of the noise on the sum, whole people: {@link NOISE_SCALE} times the root of how many groups one person may be in.
 */
export async function publishShare(
  sum: number,
  of: number,
  secret: WordsSecret,
  what: string,
  scale: number,
): Promise<ReportCount> {
  const noise = await discreteLaplace(await wordsFor(secret, `share ${what} ${of}`, sum), scale * QUALITY_STEPS);
  const noisy = sum + noise / QUALITY_STEPS;
  return of > 0 && noisy >= SHARE_SCALES_MIN * scale ? Math.min(1, Number((noisy / of).toPrecision(2))) : null;
}
