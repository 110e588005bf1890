// segmenter/clusters/words.ts: a short name and a plain description for a cluster, from what sets it apart.
import type { PublishedTrait } from '../../contract/index.ts';
import type { Language } from './language.ts';
import { ENGLISH } from './language.ts';
import type { TraitSummary } from './summary.ts';
import { byDifference, TELLING_DIFFERENCE } from './summary.ts';

/** Words in a name; one more where two clusters would share it. */
const LABEL_WORDS = 2;
/** Differences named in a description at most. */
const DESCRIBED_MAX = 4;
/** A gap smaller than this share of the larger number reads as none, whatever it is in standard deviations. */
const SHOWN_GAP_MIN = 0.1;
/** ISO 4217 currencies whose minor unit is not a hundredth, with their decimals. */
const DECIMALS: Readonly<Record<string, number>> = {
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, VND: 0, VUV: 0, XAF: 0,
  XOF: 0, XPF: 0,
}; // biome-ignore format: a table reads better in rows

/** Names for clusters, in their order; no two are equal. */
export function labelClusters(clusters: readonly (readonly TraitSummary[])[], language: Language = ENGLISH): string[] {
  const used = new Set<string>();
  return clusters.map((summaries) => {
    const words = tellingWords(summaries, language);
    const named = (count: number): string => language.name(words.slice(0, count), buys(summaries));
    let label = named(LABEL_WORDS);
    for (let count = LABEL_WORDS + 1; used.has(label) && count <= words.length; count++) label = named(count);
    const base = label;
    for (let nth = 2; used.has(label); nth++) label = `${base} (${nth})`;
    used.add(label);
    return label;
  });
}

/**
 * What sets a cluster apart, with the numbers that may be shown and no others.
 * @param published the cluster's traits as they will be published.
 */
export function describeCluster(
  summaries: readonly TraitSummary[],
  published: readonly PublishedTrait[],
  language: Language = ENGLISH,
): string {
  const numbers = new Map(published.map((trait) => [trait.id, trait]));
  const phrases = onePerFamily(telling(summaries).filter((summary) => isSeen(summary, numbers.get(summary.trait.id))))
    .slice(0, DESCRIBED_MAX)
    .map(({ trait, difference }) => {
      const shown = numbers.get(trait.id);
      const phrase = language.phrase(trait, difference > 0);
      return shown === undefined ? phrase : `${phrase}${amounts(shown, language)}`;
    });
  return phrases.length === 0 ? language.likeEverybody : language.sentence(phrases);
}

/** Whether the numbers shown bear the phrase out: means are of the raw values, differences of the scaled ones. */
function isSeen({ difference }: TraitSummary, shown: PublishedTrait | undefined): boolean {
  if (shown?.overall === undefined) return true;
  const gap = shown.mean - shown.overall;
  return (
    gap * difference > 0 && Math.abs(gap) >= SHOWN_GAP_MIN * Math.max(Math.abs(shown.mean), Math.abs(shown.overall))
  );
}

const telling = (summaries: readonly TraitSummary[]): TraitSummary[] =>
  byDifference(summaries).filter(
    ({ trait, difference }) => trait.clusters && Math.abs(difference) >= TELLING_DIFFERENCE,
  );

function onePerFamily(summaries: readonly TraitSummary[]): TraitSummary[] {
  const families = new Set<string>();
  return summaries.filter(({ trait }) => {
    const first = !families.has(trait.family);
    families.add(trait.family);
    return first;
  });
}

function tellingWords(summaries: readonly TraitSummary[], language: Language): string[] {
  const wordOf = ({ trait, difference }: TraitSummary): string => language.word(trait, difference > 0);
  return onePerFamily(telling(summaries).filter((summary) => wordOf(summary) !== '')).map(wordOf);
}

/** Whether its visitors have an order each, on average. */
const buys = (summaries: readonly TraitSummary[]): boolean =>
  summaries.some(({ trait, mean }) => trait.id === 'frequency' && mean >= 1);

function amounts({ unit, currency, mean, overall }: PublishedTrait, language: Language): string {
  const suffix = unit === 'days' ? language.days : unit === 'minor_units' ? (currency ?? '') : '';
  const against = overall === undefined ? undefined : amount(unit, currency, overall);
  return language.numbers(amount(unit, currency, mean), against, suffix);
}

/** A number without locale: shares in percent, money in major units, no digit that was not published. */
function amount(unit: PublishedTrait['unit'], currency: string | undefined, value: number): string {
  if (unit === 'share') return `${String(Number((value * 100).toPrecision(2)))} %`;
  if (unit !== 'minor_units') return String(value);
  const decimals = DECIMALS[currency ?? ''] ?? 2;
  return String(Number((value / 10 ** decimals).toPrecision(2)));
}
