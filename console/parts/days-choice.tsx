// console/parts/days-choice.tsx: chooses the days a page is about; they go into its address.
import type { JSX } from 'preact';
import { useQuery, useWords } from '../app/context.ts';
import type { Days } from '../app/days.ts';
import { countDays, lastDays, readDays } from '../app/days.ts';
import { SelectField, TextField } from './field.tsx';

const WORDS = {
  period: ['Period', '时间段'],
  last: ['Last {n} days', '最近 {n} 天'],
  own: ['Own dates', '自定义'],
  from: ['From (UTC)', '从 (UTC)'],
  to: ['To (UTC)', '到 (UTC)'],
} as const;
const CHOICES = [7, 28, 90, 365] as const;

/** The days in force. @param last how many, where the address names none. */
export const useDays = (last?: number): Days => readDays(useQuery().query, Date.now(), last);

/** The choice. `last` is the page's own number of days where the address names none. */
export function DaysChoice({ last }: { readonly last?: number }): JSX.Element {
  const say = useWords(WORDS);
  const { query, setQuery } = useQuery();
  const now = Date.now();
  const days = readDays(query, now, last);
  const count = CHOICES.find((one) => one === countDays(days) && days.to === lastDays(1, now).to);
  const isOwn = query.get('own') !== null || count === undefined;
  const options = [
    ...CHOICES.map((one) => [String(one), say('last', { n: one })] as const),
    ['own', say('own')] as const,
  ];
  return (
    <div class="form-row">
      <SelectField
        label={say('period')}
        value={isOwn ? 'own' : String(count)}
        options={options}
        onValue={(value) =>
          setQuery(value === 'own' ? { ...days, own: '1' } : { ...lastDays(Number(value), now), own: undefined })
        }
      />
      {isOwn ? (
        <>
          <TextField
            label={say('from')}
            type="date"
            value={days.from}
            onValue={(from) => setQuery({ from, to: days.to })}
          />
          <TextField
            label={say('to')}
            type="date"
            value={days.to}
            onValue={(to) => setQuery({ from: days.from, to })}
          />
        </>
      ) : null}
    </div>
  );
}
