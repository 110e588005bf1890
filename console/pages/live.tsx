// console/pages/live.tsx: events as they come: what was kept with which consent, what was not and why.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import * as v from 'valibot';
import type { Question } from '../api/client.ts';
import type { Failure } from '../api/failure.ts';
import { readStream } from '../api/stream.ts';
import { useConsole, useFormats, usePathOf, useServerWord, useSite, useWords } from '../app/context.ts';
import { Badge } from '../parts/badge.tsx';
import { Icon } from '../parts/icon.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { Panel } from '../parts/panel.tsx';
import { Failed, Notice } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['Live', '实时'],
  lead: ['Events as they come. Nothing here tells whose they are.', '实时到达的事件,不显示来自何人。'],
  events: ['Events', '事件'],
  waiting: ['Listening. Nothing has come yet.', '正在监听,尚无事件。'],
  waitingDo: [
    'Open a page that has the tag: its events show here within a second.',
    '打开含标签的页面,其事件将在一秒内显示。',
  ],
  setup: ['Open setup', '前往接入'],
  pause: ['Pause', '暂停'],
  go: ['Go on', '继续'],
  time: ['Time', '时间'],
  event: ['Event', '事件'],
  page: ['Page', '页面'],
  consent: ['Consent', '同意'],
  fate: ['What became of it', '处理结果'],
  none: ['none', '无'],
  kept: ['kept', '已保留'],
  dropped: ['{n} not kept: {why}', '{n} 个未保留:{why}'],
  from: ['From', '来源'],
  device: ['Device', '设备'],
} as const;

const eventSchema = v.object({
  at: v.number(),
  kept: v.boolean(),
  name: v.optional(v.string()),
  page: v.optional(v.nullable(v.string())),
  consent: v.optional(v.array(v.string()), []),
  channel: v.optional(v.string()),
  device: v.optional(v.string()),
  outcome: v.optional(v.string()),
  reason: v.optional(v.string()),
  events: v.optional(v.number()),
});
type LiveEvent = v.InferOutput<typeof eventSchema> & { readonly key: number };

const SHOWN_MAX = 100;
const AGAIN_MS = 2_000;

/** The newest events while `isOn`; the stream ends by itself every ten minutes and is asked for again. */
function useLive(
  question: Question,
  isOn: boolean,
): {
  readonly events: readonly LiveEvent[];
  readonly failure: Failure | undefined;
  readonly onAgain: () => void;
} {
  const { api } = useConsole();
  const [events, setEvents] = useState<readonly LiveEvent[]>([]);
  const [failure, setFailure] = useState<Failure | undefined>();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!isOn) return undefined;
    const ended = new AbortController();
    let key = Date.now();
    const listen = async (): Promise<void> => {
      const answered = await api.fetch(question, ended.signal);
      if (!answered.ok) {
        setFailure(answered.error);
        return;
      }
      setFailure(undefined);
      await readStream(answered.value, ({ event, data }) => {
        const read = event === 'event' ? v.safeParse(v.pipe(v.string(), v.parseJson(), eventSchema), data) : undefined;
        if (read?.success !== true) return;
        key += 1;
        const seen = { ...read.output, key };
        setEvents((before) => [seen, ...before].slice(0, SHOWN_MAX));
      });
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = (): void => {
      if (!ended.signal.aborted) timer = setTimeout(() => setTurn((before) => before + 1), AGAIN_MS);
    };
    listen().then(again, again);
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
    // The question of a page stays the same while the page is open.
  }, [api, isOn, turn]);
  return { events, failure, onAgain: () => setTurn((before) => before + 1) };
}

function EventTable({ events }: { readonly events: readonly LiveEvent[] }): JSX.Element {
  const say = useWords(WORDS);
  const { number } = useFormats();
  const word = useServerWord();
  const why = ({ outcome = '', reason = '' }: LiveEvent): string =>
    [outcome, reason]
      .filter((one) => one !== '')
      .map(word)
      .join(', ');
  return (
    <Table
      label={say('events')}
      rows={events}
      keyOf={({ key }) => String(key)}
      columns={[
        { head: say('time'), cell: ({ at }) => new Date(at).toISOString().slice(11, 19) },
        { head: say('event'), cell: ({ name }) => name ?? '—', isName: true },
        { head: say('page'), cell: ({ page }) => page ?? '' },
        {
          head: say('consent'),
          cell: ({ kept, consent }) =>
            kept ? (consent.length === 0 ? say('none') : consent.map(word).join(', ')) : '',
        },
        { head: say('from'), cell: ({ channel = '' }) => word(channel) },
        { head: say('device'), cell: ({ device = '' }) => word(device) },
        {
          head: say('fate'),
          cell: (one) =>
            one.kept ? (
              <Badge tone="good">{say('kept')}</Badge>
            ) : (
              <Badge tone="warn">{say('dropped', { n: number(one.events ?? 1), why: why(one) })}</Badge>
            ),
        },
      ]}
    />
  );
}

/** The page. */
export function LivePage(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const pathOf = usePathOf();
  const [isOn, setIsOn] = useState(true);
  const question: Question = { path: '/v1/sites/{site}/live', params: { site } };
  const { events, failure, onAgain } = useLive(question, isOn);
  return (
    <Page
      title={say('title')}
      note={say('lead')}
      actions={
        <button type="button" class="button" aria-pressed={!isOn} onClick={() => setIsOn(!isOn)}>
          <Icon name={isOn ? 'pause' : 'play'} size={16} />
          {say(isOn ? 'pause' : 'go')}
        </button>
      }
    >
      <Panel title={say('events')} question={question}>
        {failure === undefined ? null : <Failed failure={failure} onAgain={onAgain} />}
        {failure === undefined && events.length === 0 ? (
          <Notice icon="live" title={say('waiting')}>
            <p>{say('waitingDo')}</p>
            <Link to={pathOf('setup')} class="button small">
              {say('setup')}
            </Link>
          </Notice>
        ) : null}
        {events.length === 0 ? null : <EventTable events={events} />}
      </Panel>
    </Page>
  );
}
