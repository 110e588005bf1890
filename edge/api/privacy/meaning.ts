// edge/api/privacy/meaning.ts: what an answer means, in words for the person who asked.
import type { PrivacyRequest } from '../../../store/index.ts';

const MEANINGS: Readonly<Record<string, string>> = {
  salt_gone:
    'The secret that your pseudonym was made with is destroyed or was never made. Nobody, this site included, can tell which events are yours.',
  salt_destroyed:
    'Nothing is stored under the pseudonym that you would have today. A secret that pseudonyms were made with before is destroyed, and data of its time is still kept. If some of it is yours, it can no longer be identified: nobody, this site included, can tell which.',
  gone_since: 'What was stored when you asked has been erased since, by request or at the end of its time.',
};

// An id of a browser is heard from now on whether anything is known of it; a login means the browsers linked to it, and there is none.
const FROM_NOW_ON: Readonly<Partial<Record<PrivacyRequest['kind'], string>>> = {
  erasure:
    'Nothing could be erased. What still comes under this id from before this request is removed, and the rest goes at the end of its time.',
  objection: 'From now on no profile is made of what comes under this id.',
};
const NO_BROWSER =
  'No browser is linked to this login now, so there is nothing this request could be kept for: ask again after logging in.';

/** Why nobody can tell what is theirs. */
export const notIdentifiedMeaning = (reason: string): string => MEANINGS[reason] ?? reason;

/** What the answer means, where it is not plain: nobody can tell what is theirs, or nothing was found. Undefined else. */
export function meaningOf({
  kind,
  subject,
  status,
  outcome,
}: Pick<PrivacyRequest, 'kind' | 'subject' | 'status' | 'outcome'>): string | undefined {
  const next = subject === 'account' ? NO_BROWSER : FROM_NOW_ON[kind];
  if (status === 'not_identified') {
    const why = notIdentifiedMeaning(outcome?.reason ?? 'salt_gone');
    return kind === 'access' || next === undefined || outcome?.reason === 'salt_gone' ? why : `${why} ${next}`;
  }
  const { rows } = outcome ?? {};
  if (status !== 'done' || rows === undefined || Object.values(rows).some((count) => count > 0)) return undefined;
  if (kind === 'erasure')
    return 'Nothing was found that is stored under what was named, so nothing was erased. The receipt says so.';
  if (kind === 'objection') return `Nothing was found that is stored under what was named. ${NO_BROWSER}`;
  return kind === 'access' ? 'Nothing is stored under what was named.' : undefined;
}
