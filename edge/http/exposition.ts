// edge/http/exposition.ts: metrics as text (Prometheus text exposition format 0.0.4), by hand so that Workers have it too.
import type { HistogramState } from '../../core/index.ts';

/** One value with its labels. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric. Labels are names of ours and of sites, never a visitor's value (P1). */
export type Metric = { readonly name: string; readonly help: string } & (
  | { readonly type: 'counter' | 'gauge'; readonly samples: readonly Sample[] }
  | { readonly type: 'histogram'; readonly state: HistogramState }
);

/** The media type of the text. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
const number = (value: number): string => (value === Number.POSITIVE_INFINITY ? '+Inf' : String(value));

function lineOf(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${number(value)}\n`;
}

function linesOf(metric: Metric): string {
  const { name, help, type } = metric;
  const head = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  if (metric.type !== 'histogram') {
    return head + metric.samples.map(({ labels = {}, value }) => lineOf(name, labels, value)).join('');
  }
  const { buckets, sum, count } = metric.state;
  const lines = buckets.map(([bound, held]) => lineOf(`${name}_bucket`, { le: number(bound) }, held));
  return `${head}${lines.join('')}${lineOf(`${name}_sum`, {}, sum)}${lineOf(`${name}_count`, {}, count)}`;
}

/** The text of some metrics. */
export const exposition = (metrics: readonly Metric[]): string => metrics.map(linesOf).join('');
