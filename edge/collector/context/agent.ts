// edge/collector/context/agent.ts: device class, browser and system families of a user agent. Coarse on purpose: a version
// would tell visitors apart and serves no segment. Browsers freeze the rest of the string anyway (User-Agent Reduction).
import type { Browser, Device, System } from '../../../core/index.ts';

/** What a user agent says, in three words. */
export interface Agent {
  readonly device: Device;
  readonly browser: Browser;
  readonly os: System;
}

// The first that fits decides: most browsers also carry the names of those they want to be taken for. An app's own view on
// iOS carries no Safari.
const BROWSER_MARKS: readonly (readonly [Browser, RegExp])[] = [
  [
    'in_app',
    /\bFB(?:AN|AV|_IAB)|Instagram|Snapchat|Pinterest\/|BytedanceWebview|musical_ly|MicroMessenger|Line\/|GSA\/|; wv\)|iP(?:hone|ad|od)(?!.*Safari\/)/,
  ],
  ['edge', /\bEdg(?:e|A|iOS)?\//],
  ['opera', /\bOP(?:R|T|X|iOS)\/|\bOpera\b|OPRGX/],
  ['samsung_internet', /SamsungBrowser\//],
  ['duckduckgo', /DuckDuckGo\/|\bDdg\//],
  ['yandex', /YaBrowser\//],
  ['uc', /UCBrowser\/|\bUBrowser\//],
  ['vivaldi', /Vivaldi\//],
  ['firefox', /Firefox\/|FxiOS\//],
  ['chrome', /Chrome\/|CriOS\/|Chromium\//],
  ['safari', /Version\/[\d.]+.*Safari\/|iPhone.*Safari\/|Macintosh.*Safari\//],
];
const SYSTEM_MARKS: readonly (readonly [System, RegExp])[] = [
  ['harmony_os', /HarmonyOS|OpenHarmony/],
  ['windows', /Windows/],
  ['ios', /iPhone|iPad|iPod/],
  ['android', /Android/],
  ['macos', /Macintosh|Mac OS X/],
  ['chrome_os', /CrOS/],
  ['linux', /Linux|X11|FreeBSD|OpenBSD/],
];
const DEVICE_MARKS: readonly (readonly [Device, RegExp])[] = [
  ['tv', /\bTV\b|SmartTV|SMART-TV|AppleTV|GoogleTV|HbbTV|NetCast|Web0S|\bBRAVIA\b|CrKey|\bAFT[A-Z0-9]{1,6}\b|Roku/i],
  ['console', /PlayStation|Xbox|Nintendo/],
  ['tablet', /iPad|Tablet|PlayBook|Silk\/(?!.*Mobile)|Kindle|Android(?!.*Mobile)/],
  ['mobile', /Mobile|iPhone|iPod|Android|Windows Phone|Phone/],
  ['desktop', /Windows|Macintosh|X11|Linux|CrOS/],
];

const firstOf = <T>(marks: readonly (readonly [T, RegExp])[], text: string, otherwise: T): T =>
  marks.find(([, mark]) => mark.test(text))?.[0] ?? otherwise;

/** User agents remembered; most of a site's visitors share a few hundred. */
const AGENTS_MAX = 2_000;
const known = new Map<string, Agent>();

/** Reads a user agent. iPads that ask for desktop pages call themselves Macs, and are taken for them. */
export function agentOf(userAgent: string): Agent {
  const held = known.get(userAgent);
  if (held !== undefined) return held;
  const agent: Agent = {
    device: firstOf(DEVICE_MARKS, userAgent, 'unknown'),
    browser: firstOf(BROWSER_MARKS, userAgent, 'other'),
    os: firstOf(SYSTEM_MARKS, userAgent, 'other'),
  };
  if (known.size >= AGENTS_MAX) known.clear();
  known.set(userAgent, agent);
  return agent;
}
