// sdk/debug.ts: says in the console, in words, why each event was sent, held or dropped, and which consent source decided.
import type { Purpose } from '../contract/index.ts';
import {
  bitsOfWords, COMMON_PURPOSES, CONSENT_SOURCES, isEventName, namedParams, PURPOSES, purposesOf,
} from '../contract/index.ts'; // biome-ignore format: a list
import { RETRY_MS_MAX } from './delivery.ts';
import type { Attempt, Explain, Steps } from './explain.ts';
import { isExempt, isOpen, options, SOURCE_SITE } from './gate.ts';
import { isOut } from './mark.ts';
import type { EventFields } from './queue.ts';
import { queue, QUEUE_CHARS_MAX } from './queue.ts';
import { safely } from './safely.ts';

/** What the collector answers, as far as it is told. */
interface Answer {
  readonly detail?: string;
  readonly refused?: readonly { readonly index: number; readonly reason: string; readonly pointer?: string }[];
}

/** Prints a line. It goes nowhere but the console, and holds nothing of the visitor but what the page itself passed. */
export const say = (line: string, ...more: readonly unknown[]): void => console.info(`hushtag: ${line}`, ...more);

const nameOf = (source: number): string => {
  const name = CONSENT_SOURCES[source] ?? String(source);
  return name === 'site' ? 'the site’s own call' : name;
};
/** Names of events as JSON with commas between them. */
const namesOf = (events: string): readonly string[] =>
  (JSON.parse(`[${events}]`) as readonly EventFields[]).map(({ n }) => String(n));
const namesIn = (events: readonly string[]): string => namesOf(events.join()).join(', ');
const listed = (purposes: readonly string[]): string => purposes.join(', ') || 'nothing';
const grantedIn = (words: string): readonly Purpose[] => purposesOf(bitsOfWords(words));
const COMMON: readonly Purpose[] = PURPOSES.slice(0, COMMON_PURPOSES);
/** What a source says no to, of the purposes that all of them know. */
const isStrict = (granted: readonly Purpose[]): boolean => !COMMON.every((purpose) => granted.includes(purpose));

const found = new Set<number>();
const told = new Map<number, string>();

/** Who decided, and what: platforms, the site's own call, the policy, Global Privacy Control. */
const decision = (): string => {
  const policy = `policy ${options.policy ?? 'standard'}`;
  const silent = [...found]
    .filter((source) => !told.has(source))
    .map((source) => `${nameOf(source)} has not spoken yet`);
  const said = [...told].map(([source, words]) => ({ source, name: nameOf(source), granted: grantedIn(words) }));
  // Of separate consents platforms know nothing: the site's own word holds.
  const held = PURPOSES.filter((purpose) =>
    said.every(
      ({ source, granted }) => granted.includes(purpose) || (source !== SOURCE_SITE && !COMMON.includes(purpose)),
    ),
  ).filter((purpose) => COMMON.includes(purpose) || told.has(SOURCE_SITE));
  const strict = said.filter(({ granted }) => isStrict(granted));
  const by = strict.map(({ name, granted }) => `${name}, which grants ${listed(granted)}`);
  const limited = said.length > 0 && held.length > 0;
  return [
    said.length === 0
      ? `decided by ${policy}: nobody was asked`
      : `decided by ${by.join(', and ') || `${said.map(({ name }) => name).join(' and ')}, granting everything`}: ${listed(held)} granted`,
    ...(said.length > 0 && held.length === 0 ? [policy] : []),
    ...(limited && navigator.globalPrivacyControl ? ['Global Privacy Control leaves measure alone'] : []),
    ...(limited && isExempt ? [`${policy} leaves measure alone`] : []),
    ...silent,
  ].join('; '); // biome-ignore format: a sentence
};

// The call that is becoming an event. Where something throws meanwhile, it never does.
let making: EventFields | undefined;
let isOptingOut = false;
let status = 0;
let heldLast = '';

const whyUnreadable = (event: EventFields): string => {
  try {
    JSON.stringify(event);
    return 'something that the page has changed in the browser threw';
  } catch (error) {
    return String(error);
  }
};

const called = (...[event, isListening]: Steps['called']): void => {
  if (typeof event.n === 'symbol') return; // Who looks an object over asks for such: a second tag, say.
  const name = String(event.n);
  if (!isEventName(name)) {
    say(`${name}: the collector will drop this name; names have 1 to 40 lower-case letters, digits and underscores, a letter first`);
  } // biome-ignore format: a sentence
  making = undefined;
  if (!isListening) say(`dropped ${name}: ${decision()}`);
  else {
    making = event;
    queueMicrotask(() => {
      if (making === event) say(`dropped ${name}: ${whyUnreadable(event)}`);
    });
  }
};

const held = (waiting: number): void => {
  if (waiting === 0) return;
  // In the gate's own order: storage is asked where the gate has asked it, and never before.
  const why = !isOpen()
    ? `they wait for consent; ${decision()}`
    : document.prerendering
      ? 'they wait until this prerendered page is shown'
      : isOut()
        ? 'this browser has opted out: they are never sent'
        : 'the browser did not let the gate ask'; // biome-ignore format: a table
  const line = `held ${namesIn(queue)}: ${why}`;
  if (line !== heldLast) say(line);
  heldLast = line;
};

const answered = (answer: Response, events: string): void => {
  ({ status } = answer);
  const names = namesOf(events);
  const read = async (): Promise<void> => {
    const { detail, refused = [] } = (await answer.json()) as Answer;
    if (detail) say(`the collector says: ${detail}`);
    for (const { index, reason, pointer = '' } of refused) {
      say(`the collector dropped ${names[index] ?? 'what was over its limit'}: ${reason} ${pointer}`);
    }
  };
  // No body, or none to read: the status has been told.
  void read().catch(() => undefined);
};

const tried = ({ events, head, isLast, isDelivered, retryMs }: Attempt): void => {
  const names = namesIn([events]);
  const answer = status ? `the collector answers ${status}` : isLast ? 'the browser took no beacon' : 'the network or the page’s policy lets nothing through'; // biome-ignore format: a table
  const as = head.i === undefined ? 'without an id' : 'under the visitor’s id';
  const driven = head.w ? '; marked as driven by a program: the collector counts a bot' : '';
  const way = isLast ? ', by the browser, whatever becomes of the page' : '';
  if (!isDelivered) {
    say(`not delivered ${names}: ${answer}; again in ${Math.min(retryMs, RETRY_MS_MAX) / 1000} s, under the same ids`);
  } else if (status >= 400) say(`dropped ${names}: ${answer}, and would again`);
  else say(`sent ${names}${way} ${as}; ${decision()}${driven}`);
  status = 0;
};

const STEPS: { readonly [Step in keyof Steps]: (...facts: Steps[Step]) => void } = {
  found: (source) => {
    found.add(source);
    say(`found a consent platform: ${nameOf(source)}`);
  },
  ended: () =>
    say('another page of this site has wiped the id: this one goes on as refused, until it is told of a choice'),
  chosen: (said, source) => {
    told.set(source, said);
    if (bitsOfWords(said) === 0 && !/^(refuse)?$/.test(said)) {
      say(`${nameOf(source)} said “${said}”: there are words in it that are no purpose, which makes it a refusal`);
    }
    say(`${nameOf(source)} grants ${listed(grantedIn(said))}; ${decision()}`);
  },
  called,
  refused: (json, waiting) => {
    if (making === undefined) return; // The gate does not listen, as was said.
    making = undefined;
    const room = `the queue has room for ${QUEUE_CHARS_MAX} characters`;
    say(`dropped ${namesIn([json])} of ${json.length} characters: ${room}, and ${waiting} others wait already`);
  },
  queued: (json) => {
    making = undefined;
    const { n, u, p } = JSON.parse(json) as EventFields;
    say(`queued ${String(n)}`, u, (Array.isArray(p) ? namedParams(n, p) : p) ?? '');
  },
  held,
  discarded: (events) => {
    if (events.length > 0)
      say(`dropped ${namesIn(events)}: ${isOptingOut ? 'the visitor opted out' : `refused or withdrawn; ${decision()}`}`);
    isOptingOut = false;
  }, // biome-ignore format: a sentence
  withdrawn: () => say('the id is wiped; the event withdraw tells the collector whose consent has ended'),
  answered,
  tried,
  out: () => {
    isOptingOut = true;
    say(
      'the visitor opted out: nothing is sent from this browser any more, but whose consent ends where there was an id',
    );
  },
};

let isExplaining = false;

/** Explains a step in words. It never throws. */
export const explainInWords: Explain = (step, ...facts) => {
  // A page may track what is written to its console: of that nothing is written, or it would never end.
  if (isExplaining) return;
  isExplaining = true;
  safely(STEPS[step] as (...all: typeof facts) => void)(...facts);
  isExplaining = false;
};
