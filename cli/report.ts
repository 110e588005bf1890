// cli/report.ts: what a person reads of ledger and segments: tables of published numbers.
import Table from 'cli-table3';
import type { PublishedSegment, PublishedTrait } from '../contract/index.ts';
import type { RunSummary } from '../segmenter/index.ts';
import type { LedgerEntry } from '../store/index.ts';
import { NO_COLOURS } from './tables.ts';

const TRAITS_SHOWN = 3;

const inWords = ({ id, unit, currency, mean, plusMinus, overall, compared }: PublishedTrait): string => {
  const scale = unit === 'minor_units' ? 100 : unit === 'share' ? 0.01 : 1;
  const suffix =
    unit === 'minor_units' ? ` ${currency ?? ''}` : unit === 'share' ? ' %' : unit === 'days' ? ' days' : '';
  const shown = (value: number): string => `${Number((value / scale).toPrecision(3))}${suffix}`;
  const name = id.replace(unit === 'days' ? /_days$/ : /_minor$/, '').replaceAll('_', ' ');
  const error = plusMinus === undefined ? '' : ` ± ${shown(plusMinus)}`;
  return `${name} ${shown(mean)}${error} (${compared}${overall === undefined ? '' : `; all ${shown(overall)}`})`;
};

const rowOf = (segment: PublishedSegment): string[] =>
  segment.status === 'withheld'
    ? [segment.id, '—', 'Withheld: its numbers would speak of too few people', segment.reason.replaceAll('_', ' '), '']
    : [
        segment.id,
        segment.label,
        segment.description,
        `≈ ${segment.visitors}`,
        segment.traits
          .filter(({ compared }) => compared !== 'similar')
          .slice(0, TRAITS_SHOWN)
          .map(inWords)
          .join('\n'),
      ];

/** The clusters of a run as a table, or why there are none. */
export function clusterTable(run: RunSummary): string {
  if (run.model.status === 'no_segments') return `No segments: ${run.model.reason.replaceAll('_', ' ')}.`;
  const table = new Table({
    head: ['Segment', 'Label', 'Description', 'Visitors', 'What tells it apart'],
    colWidths: [12, 22, 44, 12, 52],
    wordWrap: true,
    style: NO_COLOURS,
  });
  for (const segment of run.segments) table.push(rowOf(segment));
  const { silhouette, explainedVariance } = run.model.metrics;
  return `${table.toString()}\nSizes are noised and rounded to ${run.model.privacy.roundedTo}; those near ${run.model.privacy.floor} and below are withheld. Silhouette ${silhouette ?? '—'}, variance kept ${explainedVariance}.`;
}

/** The loss ledger as a table that sums. */
export function ledgerTable(entries: readonly LedgerEntry[]): string {
  const counts = new Map<string, number>();
  for (const { outcome, reason, events } of entries) {
    const name = reason === '' ? outcome : `${outcome}: ${reason}`;
    counts.set(name, (counts.get(name) ?? 0) + events);
  }
  const received = counts.get('received') ?? 0;
  counts.delete('received');
  const accounted = [...counts.values()].reduce((sum, events) => sum + events, 0);
  const table = new Table({ head: ['What became of them', 'Events'], colAligns: ['left', 'right'], style: NO_COLOURS });
  table.push(...[...counts].map(([name, events]) => [name.replaceAll('_', ' '), String(events)]), [
    'received',
    String(received),
  ]);
  return `${table.toString()}\n${accounted === received ? 'Every event is accounted for.' : `DOES NOT BALANCE: ${accounted} accounted for.`}`;
}
