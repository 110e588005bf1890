// bench/bots.bench.ts: `npm run bench -- bots`: how many real browsers the bot stage drops, and how many known crawlers it lets through.
//
// Real browsers: the package user-agents (BSD-2-Clause; agents of visitors of real sites, renewed daily by Intoli) and
// top-user-agents (MIT; the most common of the web). Crawlers: the instances of crawler-user-agents (MIT). isbot tests itself
// against user-agents and crawler-user-agents too, of whatever day, so these figures flatter; top-user-agents is a list apart.
import crawlers from 'crawler-user-agents';
import topAgents from 'top-user-agents';
import UserAgent from 'user-agents';
import { agentOf, botReason } from '../edge/index.ts';
import { printFigure, printMachine } from './figures.ts';

const BENCH = 'bots';
const REAL_MAX = 100_000;
const SHOWN = 20;

const reasonOf = (userAgent: string): string | undefined =>
  botReason({ userAgent, address: undefined, webdriver: false, rules: [], dataCentres: undefined });

/** Share of all weight that agents with a bot's verdict have, and which they are. */
function dropped(agents: ReadonlyMap<string, number>): { readonly share: number; readonly which: readonly string[] } {
  const which = [...agents.keys()].filter((userAgent) => reasonOf(userAgent) !== undefined);
  const weight = (names: Iterable<string>): number =>
    [...names].reduce((sum, name) => sum + (agents.get(name) ?? 0), 0);
  return { share: weight(which) / weight(agents.keys()), which };
}

printMachine(BENCH);
const visitors = new Map<string, number>();
for (const { userAgent, weight } of UserAgent.top(REAL_MAX)) {
  visitors.set(userAgent, (visitors.get(userAgent) ?? 0) + weight);
}
const common = new Map(topAgents.map((userAgent) => [userAgent, 1]));

for (const [name, agents] of [
  ['visitors', visitors],
  ['common', common],
] as const) {
  const { share, which } = dropped(agents);
  printFigure({
    bench: BENCH,
    figure: `false_drops_${name}`,
    value: share,
    unit: 'share of traffic',
    agents: agents.size,
    dropped: which.length,
  });
  for (const userAgent of which.slice(0, SHOWN)) process.stderr.write(`dropped: ${userAgent}\n`);
}

const instances = [...new Set(crawlers.flatMap((crawler) => crawler.instances))];
const missed = instances.filter((userAgent) => reasonOf(userAgent) === undefined);
printFigure({
  bench: BENCH,
  figure: 'missed_crawlers',
  value: missed.length / instances.length,
  unit: 'share of agents',
  agents: instances.length,
  missed: missed.length,
});
for (const userAgent of missed.slice(0, SHOWN)) process.stderr.write(`missed: ${userAgent}\n`);

// The same list says what each device is, so the three words of a context are checked against it.
// Its types leave out the device class that its data has.
const classed = UserAgent.top(REAL_MAX).map((data) => ({
  ...data,
  ...(data as unknown as { deviceCategory: string }),
}));
const disagreeing = classed.filter(({ userAgent, deviceCategory }) => agentOf(userAgent).device !== deviceCategory);
printFigure({
  bench: BENCH,
  figure: 'device_class_disagrees',
  value: disagreeing.reduce((sum, { weight }) => sum + weight, 0) / [...visitors.values()].reduce((a, b) => a + b, 0),
  unit: 'share of traffic',
  agents: classed.length,
});
for (const { userAgent, deviceCategory } of disagreeing.slice(0, SHOWN)) {
  process.stderr.write(`${deviceCategory}, not ${agentOf(userAgent).device}: ${userAgent}\n`);
}
