// console/pages/letters.tsx: dead letters: events that were refused by themselves, why, and trying them again.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { useFormats, useQuery, useScopes, useServerWord, useSite, useWords } from '../app/context.ts';
import { Badge } from '../parts/badge.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { TextField } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { Pager } from '../parts/pager.tsx';
import { ReadPanel } from '../parts/panel.tsx';
import { Notice } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import type { Letter } from './letter-replay.tsx';
import { letterSchema, ReplayDialog } from './letter-replay.tsx';
import { LETTER_WORDS } from './letter-words.ts';

const lettersSchema = v.object({
  totals: v.record(v.string(), v.number()),
  letters: v.array(letterSchema),
  next: v.nullable(v.string()),
});
type Letters = v.InferOutput<typeof lettersSchema>;
const SHOWN = 25;

type Choose = (letters: readonly Letter[]) => void;

function LetterTable({
  letters,
  onChoose,
}: {
  readonly letters: readonly Letter[];
  readonly onChoose: Choose;
}): JSX.Element {
  const say = useWords(LETTER_WORDS);
  const { instant } = useFormats();
  const word = useServerWord();
  const mayReplay = useScopes().has('dead-letters:replay');
  if (letters.length === 0) return <p class="note">{say('noneOfReason')}</p>;
  return (
    <Table
      label={say('all')}
      rows={letters}
      keyOf={({ letter }) => String(letter)}
      columns={[
        { head: say('letter'), cell: ({ letter }) => letter, isName: true },
        { head: say('received'), cell: ({ receivedAt }) => instant(receivedAt) },
        { head: say('reason'), cell: (one) => <Badge tone="warn">{word(one.reason)}</Badge> },
        { head: say('place'), cell: ({ pointer }) => <span class="code">{pointer}</span> },
        { head: say('via'), cell: ({ via }) => via },
        {
          head: say('look'),
          cell: (one) => (
            <button type="button" class="button small" onClick={() => onChoose([one])}>
              {say(mayReplay ? 'fix' : 'look')}
            </button>
          ),
        },
      ]}
    />
  );
}

const TOTALS = ['letters', 'replayed', 'dropped', 'evicted', 'expired'] as const;

function LetterList({ page, onChoose }: { readonly page: Letters; readonly onChoose: Choose }): JSX.Element {
  const say = useWords(LETTER_WORDS);
  const { number } = useFormats();
  const { query, setQuery } = useQuery();
  const mayReplay = useScopes().has('dead-letters:replay');
  const reason = query.get('reason') ?? '';
  const { totals, letters, next } = page;
  if (letters.length === 0 && reason === '') {
    return (
      <Notice icon="letters" title={say('none')}>
        <p>{say('noneDo')}</p>
      </Notice>
    );
  }
  return (
    <div class="stack">
      <Facts>
        {TOTALS.map((name) => (
          <Fact key={name} name={say(name === 'letters' ? 'kept' : name)}>
            {number(totals[name] ?? 0)}
          </Fact>
        ))}
      </Facts>
      <div class="form-row">
        <TextField
          label={say('filter')}
          value={reason}
          onValue={(value) => setQuery({ reason: value, cursor: undefined })}
          placeholder="malformed_event"
        />
        {mayReplay && letters.length > 0 ? (
          <button type="button" class="button" onClick={() => onChoose(letters)}>
            {say('replayAll')}
          </button>
        ) : null}
      </div>
      <LetterTable letters={letters} onChoose={onChoose} />
      <Pager next={next} newest={say('newest')} more={say('more')} />
    </div>
  );
}

/** The page. */
export function LettersPage(): JSX.Element {
  const say = useWords(LETTER_WORDS);
  const site = useSite();
  const { query } = useQuery();
  const reason = query.get('reason') ?? '';
  const [chosen, setChosen] = useState<readonly Letter[] | undefined>();
  const read = useRead(
    {
      path: '/v1/sites/{site}/dead-letters',
      params: { site },
      query: {
        limit: SHOWN,
        cursor: query.get('cursor') ?? undefined,
        reason: /^[a-z_]{1,60}$/.test(reason) ? reason : undefined,
      },
    },
    lettersSchema,
  );
  return (
    <Page title={say('title')} note={say('lead')}>
      <ReadPanel title={say('all')} read={read} height={320}>
        {(page) => <LetterList page={page} onChoose={setChosen} />}
      </ReadPanel>
      {chosen === undefined ? null : (
        <ReplayDialog letters={chosen} onClose={() => setChosen(undefined)} onDone={read.reload} />
      )}
    </Page>
  );
}
