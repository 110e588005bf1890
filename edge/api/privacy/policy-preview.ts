// edge/api/privacy/policy-preview.ts: says in words how events of one day would have fallen under another policy.
import type { Consent, ConsentDecision } from '../../../contract/index.ts';
import { decideConsent, PURPOSE_BITS_KNOWN, purposesOf } from '../../../contract/index.ts';
import type { SitePolicy } from '../../../core/index.ts';
import type { TreatedEvents } from '../../../store/index.ts';

const KEPT: Readonly<Record<ConsentDecision['action'], string>> = {
  link: 'kept, recognised across days',
  day: 'kept with a key of that day',
  count: 'kept without a key',
  drop: 'not kept',
};

const words = (purposes: number): string => purposesOf(purposes).join(', ');
const fateOf = ({ action, purposes }: ConsentDecision): string =>
  action === 'link' ? `${KEPT.link}, for ${words(purposes)}` : KEPT[action];

/** What is known of the choice behind events, as far as how they were kept tells it. */
function choiceOf(events: TreatedEvents, policy: SitePolicy): { readonly who: string; readonly consent: Consent } {
  const { kept, purposes, choice } = events;
  if (kept === 'link') {
    return {
      who: `of visitors who agreed to ${words(purposes)}`,
      consent: { state: 'granted', source: 'none', purposes },
    };
  }
  const isUnasked = choice === 'unasked' || (choice === '' && (kept === 'day' || policy.unknown === 'count'));
  return isUnasked
    ? { who: 'of visitors not asked', consent: { state: 'unasked' } }
    : { who: 'of visitors who refused', consent: { state: 'refused', source: 'none' } };
}

/**
 * One line for events that were treated alike. Global Privacy Control and purposes that `from` already threw away are not
 * stored, so a looser policy would have kept as much as is said or more; a last line says so.
 */
export function previewLines(from: SitePolicy, to: SitePolicy, treated: readonly TreatedEvents[]): string[] {
  if (treated.length === 0) return ['Nothing came yesterday that it would have treated otherwise.'];
  const lines = treated.map((events) => {
    const { who, consent } = choiceOf(events, from);
    const was: ConsentDecision =
      events.kept === 'link'
        ? { action: 'link', purposes: events.purposes }
        : { action: events.kept === 'not_kept' ? 'drop' : events.kept, purposes: 0 };
    const [before, after] = [fateOf(was), fateOf(decideConsent(to, consent, false))];
    const fate = before === after ? `${before}, as it was` : `${after} (was: ${before})`;
    return `  ${events.events} ${events.events === 1 ? 'event' : 'events'} ${who}: ${fate}`;
  });
  const limits = isLooser(from, to)
    ? [
        'It lets more be kept than the policy now in force, and what that one or Global Privacy Control took away is stored nowhere: it would have kept at least this much.',
      ]
    : [];
  return ['Yesterday it would have come to this:', ...lines, ...limits];
}

const RANKS: readonly ConsentDecision['action'][] = ['drop', 'count', 'day', 'link'];
const CONSENTS: readonly Consent[] = [
  { state: 'granted', source: 'none', purposes: PURPOSE_BITS_KNOWN },
  { state: 'unasked' },
  { state: 'refused', source: 'none' },
];

/** Whether `to` keeps more of somebody than `from`: a key that lasts longer, or for another purpose. */
function isLooser(from: SitePolicy, to: SitePolicy): boolean {
  return CONSENTS.some((consent) => {
    const [before, after] = [decideConsent(from, consent, false), decideConsent(to, consent, false)];
    return RANKS.indexOf(after.action) > RANKS.indexOf(before.action) || (after.purposes & ~before.purposes) !== 0;
  });
}
