// edge/http/exposition.test.ts: the text that Prometheus reads.
import { describe, expect, it } from 'vitest';
import { createHistogram } from '../../core/index.ts';
import { exposition } from './exposition.ts';

describe('D2: metrics as text', () => {
  it('has help, type, labels with their marks escaped, and a line a value', () => {
    const samples = [{ labels: { site: 'a"b\\c\nd', outcome: 'stored' }, value: 3 }, { value: 0.5 }];
    expect(exposition([{ name: 'events_total', help: 'Events.', type: 'counter', samples }])).toBe(
      '# HELP events_total Events.\n# TYPE events_total counter\nevents_total{site="a\\"b\\\\c\\nd",outcome="stored"} 3\nevents_total 0.5\n',
    );
  });

  it('counts a histogram upwards, at, below and above each bound', () => {
    const histogram = createHistogram([0.1, 1]);
    for (const value of [0.05, 0.1, 0.2, 1, 7]) histogram.observe(value);
    expect(exposition([{ name: 'seconds', help: 'Time.', type: 'histogram', state: histogram.read() }])).toBe(
      '# HELP seconds Time.\n# TYPE seconds histogram\nseconds_bucket{le="0.1"} 2\nseconds_bucket{le="1"} 4\n' +
        'seconds_bucket{le="+Inf"} 5\nseconds_sum 8.35\nseconds_count 5\n',
    );
  });
});
