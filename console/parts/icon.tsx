// console/parts/icon.tsx: the icons, drawn as lines on a grid of 20.
import type { JSX } from 'preact';

const PATHS = {
  overview: 'M3 16V9m5 7V4m5 12v-5m4 5V7',
  live: 'M10 10h.01M6.500 6.500a5 5 0 0 0 0 7m7 0a5 5 0 0 0 0-7M4 4a8.500 8.500 0 0 0 0 12m12 0a8.500 8.500 0 0 0 0-12',
  ledger: 'M4 4h12v12H4zM4 8h12M8 8v8',
  segments: 'M10 3a7 7 0 1 0 7 7h-7zM13 3.600A7 7 0 0 1 16.400 7H13z',
  rules: 'M4 5h12M4 10h8M4 15h5m5-2 2 2 3-3.500',
  clusters: 'M6 6h.01M13 5h.01M15 12h.01M8 14h.01M10 10h.01M5 10h.01M12 16h.01',
  retention: 'M4 4h3v3H4zM9 4h3v3H9zM14 4h2v3h-2zM4 9h3v3H4zM9 9h3v3H9zM4 14h3v2H4z',
  journeys: 'M3 5c6 0 5 5 14 5M3 10h14M3 15c6 0 5-5 14-5',
  items: 'M4 7h12l-1 9H5zM7 7V5.500a3 3 0 0 1 6 0V7',
  trends: 'M3 14l4-4 3 3 7-7m-4 0h4v4',
  funnel: 'M3 4h14l-5.500 6.500V16l-3-1.500v-4z',
  privacy: 'M10 3l6 2.500v4c0 3.800-2.500 6.300-6 7.500-3.500-1.200-6-3.700-6-7.500v-4z',
  requests: 'M4 4h12v9H9l-4 3v-3H4z',
  policy: 'M5 3h7l3 3v11H5zM12 3v3h3M8 10h4M8 13h4',
  audit: 'M4 4h12M4 8h12M4 12h6m2 2 2 2 3.500-4',
  documents: 'M5 3h7l3 3v11H5zM10 8v6m-2.500-2.500L10 14l2.500-2.500',
  setup: 'M7 6l-4 4 4 4M13 6l4 4-4 4',
  files: 'M7 16V4m0 0L4 7m3-3 3 3m3-3v12m0 0 3-3m-3 3-3-3',
  letters: 'M3 5h14v10H3zM3 5.500l7 5.500 7-5.500',
  people: 'M10 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 16.500c.6-3 3-4.500 6-4.500s5.400 1.500 6 4.500',
  tokens: 'M7.500 12.500a4 4 0 1 1 2.800-2.800L17 16.300V17h-2.500v-2h-2v-2z',
  sites:
    'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM3 10h14M10 3c-4.500 4.500-4.500 9.500 0 14 4.500-4.500 4.500-9.500 0-14z',
  jobs: 'M10 4v6l4 2M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14z',
  health: 'M3 10h3l2-5 4 10 2-5h3',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  check: 'M4 10.500l4 4 8-9',
  close: 'M5 5l10 10M15 5L5 15',
  menu: 'M3 5h14M3 10h14M3 15h14',
  warn: 'M10 3.500L17.500 16.500h-15zM10 8.500v3.500M10 14.300h.01',
  info: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9v4.500M10 6.500h.01',
  lock: 'M5 9h10v8H5zM7 9V6.500a3 3 0 0 1 6 0V9',
  hidden: 'M3 3l14 14M8 5a8 8 0 0 1 9.500 5 9 9 0 0 1-2 3M12 15A8 8 0 0 1 2.500 10 9 9 0 0 1 5 6.500',
  next: 'M8 5l5 5-5 5',
  down: 'M5 8l5 5 5-5',
  pause: 'M7 5v10M13 5v10',
  play: 'M7 4.500l9 5.500-9 5.500z',
  out: 'M8 4H4v12h4M12 6.500l3.500 3.500-3.500 3.500M15 10H8',
  reload: 'M16 10a6 6 0 1 1-2-4.500L16 7M16 3.500V7h-3.500',
} as const;

/** An icon's name. */
export type IconName = keyof typeof PATHS;

/** An icon; it says nothing by itself, so words stand beside it or on its button. */
export const Icon = ({ name, size = 18 }: { readonly name: IconName; readonly size?: number }): JSX.Element => (
  <svg class="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
);
