// bench/proof/whole-path.ts: marked values in by every way, through everything, out by every way; then the search (P1).
import { join } from 'node:path';
import type { Marker } from './markers.ts';
import { allMarkers } from './markers.ts';
import type { Processed, Stage } from './pipeline.ts';
import { processAll, sendMarker, sendVisitors } from './pipeline.ts';
import { sendRequests } from './requests.ts';
import type { Numbers } from './ways-in.ts';
import {
  loginMarkers,
  sendAsEvents,
  sendAsImport,
  sendAsPixels,
  sendChoices,
  sendOrdersThroughRotation,
  sendProbes,
} from './ways-in.ts';
import { readAccessFiles, readEveryRoute, replayEverything, runCommands, writeFiles } from './ways-out.ts';

/** Numbers of markers of one way in: more than there are. */
const NUMBERS_A_WAY = 2_000;
/** Ways that send markers of the same kinds, each with numbers of its own. */
const WAYS = ['collect', 'events', 'import', 'pixel'] as const;
type Way = (typeof WAYS)[number];

/** How much of it is done. */
export interface PathSize {
  /** Every how manieth marker is sent; 1 sends all. */
  readonly oneIn: number;
  /** Whether the built command runs too. */
  readonly commands: boolean;
}

/** What went in, and how far it came: each count is one that nothing would be found without. */
export interface Walked extends Processed {
  readonly markers: readonly Marker[];
  readonly byWay: Readonly<Record<string, number>>;
  readonly orderAliases: number;
  readonly lettersReplayed: number;
  readonly eventsExported: number;
  readonly eventsInAccessFiles: number;
  readonly routes: { readonly asked: number; readonly answered: number };
  readonly commandsEnded: number;
}

/** Whether something came through every way: else that nothing is found would mean nothing. */
export const isWhole = (walked: Omit<Walked, 'markers' | 'purged' | 'byWay' | 'commandsEnded'>): boolean =>
  [
    walked.published,
    walked.orderAliases,
    walked.lettersReplayed,
    walked.eventsExported,
    walked.eventsInAccessFiles,
    walked.routes.answered,
  ].every((count) => count > 0);

/** What a page's address can hold, and the headers of its request; a Referer of another origin is no page of the site. */
const fitsPixel = ({ event = {}, batch, query }: Marker): boolean =>
  batch === undefined && query === undefined && Object.keys(event).every((key) => 'urh'.includes(key));

/** What went in. */
interface Sent {
  readonly ways: Readonly<Record<string, readonly Marker[]>>;
  readonly orderAliases: number;
  readonly lettersReplayed: number;
  /** Ids that browsers showed with consent: of some there is something to be read. */
  readonly people: readonly string[];
}

/** Sends markers in by every way there is. */
async function sendEveryWay(stage: Stage, oneIn: number): Promise<Sent> {
  let taken = NUMBERS_A_WAY * (WAYS.length + 1);
  const next: Numbers = () => (taken += 1);
  const of = (way: Way): Marker[] => [
    ...allMarkers(NUMBERS_A_WAY * (1 + WAYS.indexOf(way))).filter((_, nth) => nth % oneIn === 0),
    ...loginMarkers(next),
  ];
  const [pages, backEnd, history] = [of('collect'), of('events'), of('import')];
  const pixels = of('pixel').filter(fitsPixel);
  for (const [nth, marker] of pages.entries()) await sendMarker(stage, marker, nth);
  await sendVisitors(stage);
  await sendAsEvents(stage, backEnd);
  await sendAsImport(stage, history);
  await sendAsPixels(stage, pixels);
  const choices = [...(await sendChoices(stage, next)), ...(await sendProbes(stage, next))];
  const orders = await sendOrdersThroughRotation(stage, next);
  const lettersReplayed = await replayEverything(stage);
  const requests = await sendRequests(stage);
  return {
    ways: {
      collect: pages,
      events: backEnd,
      import: history,
      pixel: pixels,
      choices,
      requests,
      orders: orders.markers,
    },
    orderAliases: orders.aliases,
    lettersReplayed,
    people: [
      ...pages.flatMap(({ batch }) => (batch?.i === undefined ? [] : [batch.i])),
      'server-visitor-of-the-proof-0',
      'RotationVisitorOfTheProofStage',
    ],
  };
}

/** People who are named on the command's standard input. */
const TYPED = ['typed.mark1q7f3a@mail.example', 'TypedMark2q7f3aOfFirstParty', 'typed mark 3 q7f3a'] as const;

/** Sends everything through a stage. @param folder takes the files that are written. */
export async function walkEveryPath(stage: Stage, folder: string, { oneIn, commands }: PathSize): Promise<Walked> {
  const { ways, people, orderAliases, lettersReplayed } = await sendEveryWay(stage, oneIn);
  const processed = await processAll(stage);
  const routes = await readEveryRoute(stage);
  const eventsInAccessFiles = await readAccessFiles(stage, people);
  const eventsExported = await writeFiles(stage, join(folder, 'exports'));
  const [mail, ...others] = TYPED;
  const typed = [JSON.stringify({ account: { email: mail } }), mail, ...others];
  const commandsEnded = commands ? runCommands(stage, join(folder, 'exports'), typed) : 0;
  const markers = Object.entries(ways).flatMap(([way, of]) =>
    of.map((marker) => ({ ...marker, name: `${way} ${marker.name}` })),
  );
  return {
    ...processed,
    markers: commands ? [...markers, { name: 'typed', values: TYPED }] : markers,
    byWay: Object.fromEntries(Object.entries(ways).map(([way, of]) => [way, of.length])),
    orderAliases,
    lettersReplayed,
    eventsExported,
    eventsInAccessFiles,
    routes,
    commandsEnded,
  };
}
