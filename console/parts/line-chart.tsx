// console/parts/line-chart.tsx: days as lines, drawn by uPlot, with the same numbers in a table below.
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { useConsole, useFormats, useWords } from '../app/context.ts';
import { Table } from './table.tsx';

const WORDS = {
  day: ['Day', '日期'],
  table: ['Show as a table', '显示为表格'],
  withheld: ['withheld', '不予显示'],
} as const;

/** A line; null where a number is withheld. */
export interface Line {
  readonly name: string;
  readonly values: readonly (number | null)[];
  readonly shown: (value: number) => string;
  /** The same in few signs, beside the axis; a short number where absent. */
  readonly brief?: (value: number) => string;
}

interface LineChartProps {
  readonly label: string;
  /** UTC days, oldest first. */
  readonly days: readonly string[];
  readonly lines: readonly Line[];
  /** Days to mark, such as anomalies. */
  readonly marks?: readonly { readonly day: string; readonly text: string }[];
}

const HEIGHT = 240;
const SECOND_MS = 1_000;
/** Days of a table are many: it begins at the newest. */
const DASH = [[], [6, 4], [2, 4], [10, 4, 2, 4]] as const;

/** What a colour of the theme is now; the canvas knows no variables. */
function colourOf(place: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function optionsFor(
  place: HTMLElement,
  lines: readonly Line[],
  locale: string,
  brief: (value: number) => string,
  marked: readonly number[],
): uPlot.Options {
  const [ink, grid] = [colourOf(place, '--ink-3'), colourOf(place, '--line')];
  const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { show: false }, font: '12px system-ui' };
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return {
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * SECOND_MS), 'UTC'),
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.08)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_plot, ticks) => ticks.map((tick) => day.format(tick * SECOND_MS)),
        space: 64,
      },
      { ...axis, size: 56, values: (_plot, ticks) => ticks.map(brief) },
    ],
    series: [
      {},
      ...lines.map(({ name }, nth) => ({
        label: name,
        stroke: colourOf(place, `--series-${nth + 1}`),
        width: 2,
        dash: [...(DASH[nth] ?? [])],
        points: { show: false },
        spanGaps: false,
      })),
    ],
    hooks: {
      draw: [
        (plot) => {
          const { ctx, bbox } = plot;
          ctx.save();
          ctx.strokeStyle = colourOf(place, '--warn');
          for (const at of marked) {
            const x = Math.round(plot.valToPos(at, 'x', true));
            ctx.beginPath();
            ctx.moveTo(x, bbox.top);
            ctx.lineTo(x, bbox.top + bbox.height);
            ctx.stroke();
          }
          ctx.restore();
        },
      ],
    },
  };
}

/** The chart. */
export function LineChart({ label, days, lines, marks = [] }: LineChartProps): JSX.Element {
  const say = useWords(WORDS);
  const { theme, language } = useConsole();
  const { day, compact } = useFormats();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const at = place.current;
    if (at === null) return undefined;
    const secondsOf = (one: string): number => Date.parse(one) / SECOND_MS;
    const data: uPlot.AlignedData = [days.map(secondsOf), ...lines.map(({ values }) => [...values])];
    const options = optionsFor(
      at,
      lines,
      language === 'zh' ? 'zh-CN' : 'en-GB',
      lines[0]?.brief ?? compact,
      marks.map((one) => secondsOf(one.day)),
    );
    const plot = new uPlot(options, data, at);
    const sized = new ResizeObserver(() => plot.setSize({ width: at.clientWidth, height: HEIGHT }));
    sized.observe(at);
    return () => {
      sized.disconnect();
      plot.destroy();
    };
  }, [days, lines, marks, theme, language, compact]);
  return (
    <figure aria-label={label}>
      {lines.length > 1 ? (
        <ul class="legend above">
          {lines.map(({ name }, nth) => (
            <li key={name}>
              <span class={`swatch series-${nth + 1}`} />
              {name}
            </li>
          ))}
        </ul>
      ) : null}
      <div ref={place} class="plot" aria-hidden="true" style={{ height: `${HEIGHT}px` }} />
      <details class="as-table">
        <summary>{say('table')}</summary>
        <Table
          label={label}
          rows={days.map((one, nth) => ({ one, nth })).reverse()}
          keyOf={({ one }) => one}
          columns={[
            { head: say('day'), cell: ({ one }) => day(one), isName: true },
            ...lines.map(({ name, values, shown }) => ({
              head: name,
              isNumber: true,
              cell: ({ nth }: { readonly nth: number }) => {
                const value = values[nth];
                return value === null || value === undefined ? say('withheld') : shown(value);
              },
            })),
          ]}
        />
      </details>
    </figure>
  );
}
