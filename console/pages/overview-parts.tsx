// console/pages/overview-parts.tsx: what an overview breaks views down by, and how fast pages were.
import type { JSX } from 'preact';
import * as v from 'valibot';
import { useConsole, useFormats, useServerWord, useWords } from '../app/context.ts';
import { localeOf } from '../app/words.ts';
import { BarList } from '../parts/bars.tsx';
import { Panel } from '../parts/panel.tsx';

const WORDS = {
  pages: ['Top pages', '热门页面'],
  sources: ['Sources', '来源'],
  devices: ['Devices', '设备'],
  countries: ['Countries', '国家/地区'],
  vitals: ['Web vitals', '网页性能'],
  vitalsNote: ['75th percentile, from pages that load tag.vitals.js.', '第 75 百分位,来自加载 tag.vitals.js 的页面。'],
  noParts: ['Nothing to show for these days.', '该时段无数据。'],
  noVitals: [
    'No page told how fast it was. Load tag.vitals.js beside the tag.',
    '没有页面上报性能。请与标签一起加载 tag.vitals.js。',
  ],
} as const;

/** The answer's breakdowns. */
export const breakdownFields = {
  pages: v.array(v.object({ path: v.string(), views: v.number() })),
  sources: v.array(v.object({ channel: v.string(), views: v.number() })),
  devices: v.array(v.object({ device: v.string(), views: v.number() })),
  countries: v.array(v.object({ country: v.string(), views: v.number() })),
  vitals: v.record(v.string(), v.object({ p75: v.number() })),
} as const;
const breakdowns = v.object(breakdownFields);
type Breakdowns = v.InferOutput<typeof breakdowns>;

const VITAL_UNIT_MS: ReadonlySet<string> = new Set(['lcp', 'inp', 'fcp', 'ttfb']);

/** The breakdowns of an overview: what was viewed, from where, on what, how fast. */
export function OverviewParts({ overview }: { readonly overview: Breakdowns }): JSX.Element {
  const say = useWords(WORDS);
  const word = useServerWord();
  const { number } = useFormats();
  const { language } = useConsole();
  const countries = new Intl.DisplayNames(localeOf(language), { type: 'region', fallback: 'code' });
  const nameOf = (code: string): string => (/^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code);
  const lists = [
    ['pages', overview.pages.map(({ path, views }) => [path, views] as const)],
    ['sources', overview.sources.map(({ channel, views }) => [word(channel), views] as const)],
    ['devices', overview.devices.map(({ device, views }) => [word(device), views] as const)],
    ['countries', overview.countries.map(({ country, views }) => [nameOf(country), views] as const)],
  ] as const;
  return (
    <div class="columns">
      {lists.map(([name, rows]) => (
        <Panel key={name} title={say(name)}>
          {rows.length === 0 ? (
            <p class="note">{say('noParts')}</p>
          ) : (
            <BarList
              bars={rows.map(([key, views]) => ({
                key,
                name: <span translate={false}>{key}</span>,
                value: views,
                shown: number(views),
              }))}
            />
          )}
        </Panel>
      ))}
      <Panel title={say('vitals')} note={say('vitalsNote')}>
        {Object.keys(overview.vitals).length === 0 ? (
          <p class="note">{say('noVitals')}</p>
        ) : (
          <div class="facts">
            {Object.entries(overview.vitals).map(([name, { p75 }]) => (
              <div key={name} class="fact">
                <p class="faint">{name.toUpperCase()}</p>
                <p class="tile-value">{VITAL_UNIT_MS.has(name) ? `${number(Math.round(p75))} ms` : number(p75)}</p>
              </div>
            ))}
          </div>
        )}
      </Panel>
    </div>
  );
}
