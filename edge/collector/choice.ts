// edge/collector/choice.ts: the choice of consent that a message tells of: a grant, or a withdrawal of what an id was kept under.
import type { EpochMs, FirstPartyId } from '../../contract/index.ts';
import { decideConsent, MINUTE_MS } from '../../contract/index.ts';
import type { DecodedBatch } from '../../contract/wire-decode.ts';
import type { Hmac } from '../../core/index.ts';
import { consentDigest, linkedVisitorKey } from '../../core/index.ts';
import type { Choice, EventRow, Site, SiteRow } from '../../store/index.ts';
import type { Keyring } from './keyring.ts';

/** Choices remembered as written; past it the oldest go and are looked at by the database again. */
const KNOWN_CHOICES_MAX = 10_000;
/** How long one is: another process may have written a withdrawal meanwhile. */
const KNOWN_CHOICE_MS: number = 10 * MINUTE_MS;

/** What deciding needs. */
export interface ChoiceContext {
  readonly site: Site;
  readonly saltHmac: Keyring;
  readonly now: EpochMs;
  /** Whether the message came with Global Privacy Control. */
  readonly gpc: boolean;
}

/**
 * The choices of a message whose rows are made: a grant under the key of its rows; a withdrawal under the keys of the id that it
 * shows beside a refusal, or of each that a withdrawal of its own names. Nothing where nobody was asked, or where there is no key that it could be bound to.
 */
export async function choicesOf(
  batch: DecodedBatch,
  rows: readonly EventRow[],
  { site, saltHmac, now, gpc }: ChoiceContext,
): Promise<readonly Choice[]> {
  const { consent } = batch;
  if (consent.state === 'unasked') return [];
  // Without GPC: what holds for one browser's requests is not what the visitor chose. The receipt says both.
  const { action, purposes } = decideConsent(site.policy, consent, false);
  const isLinked = action === 'link';
  const choice = async (visitor: string, kind: Choice['kind'], hmac: Hmac): Promise<Choice> => ({
    visitor,
    kind,
    toldAt: consent.at,
    receivedAt: now,
    // Whoever withdrew, and agreed anew under another id before anybody heard of it, has kept nothing of the first.
    purposes: kind === 'withdrawn' && isLinked ? 0 : purposes,
    source: consent.source,
    policyVersion: site.policyVersion,
    gpc: {
      isSet: gpc,
      effective: isLinked && kind === 'granted' ? decideConsent(site.policy, consent, gpc).purposes : 0,
    },
    digest: batch.consentString === undefined ? undefined : await consentDigest(hmac, site.id, batch.consentString),
  });
  const made: Promise<Choice>[] = [];
  const visitor = isLinked ? rows.find((row) => row.visitor !== undefined)?.visitor : undefined;
  if (visitor !== undefined) made.push(choice(visitor, 'granted', (await saltHmac.long(site.row, now)).hmac));
  const shown = isLinked || batch.firstPartyId === undefined ? [] : [batch.firstPartyId];
  const ended = batch.withdrawn.length > 0 ? batch.withdrawn : shown;
  if (ended.length > 0) {
    const { hmac, former } = await saltHmac.long(site.row, now);
    const withdraw = async (of: Hmac, firstPartyId: FirstPartyId): Promise<Choice> =>
      choice(await linkedVisitorKey(of, { site: site.id, firstPartyId }), 'withdrawn', hmac);
    const salts = former === undefined ? [hmac] : [hmac, former.hmac];
    made.push(...ended.flatMap((id) => salts.map((of) => withdraw(of, id))));
  }
  return Promise.all(made);
}

/** Remembers which grants are written, so that a page view of a visitor who agreed long ago asks the database nothing. */
export interface KnownChoices {
  readonly unknown: (site: SiteRow, choices: readonly Choice[]) => readonly Choice[];
  /** Call it once they are durable. @param withdrawn keys of the visitors among them who have withdrawn. */
  readonly learn: (site: SiteRow, choices: readonly Choice[], withdrawn: ReadonlySet<string>) => void;
}

/** Makes one. */
export function rememberChoices(now: () => EpochMs): KnownChoices {
  const known = new Map<string, { readonly said: string; readonly until: number }>();
  const nameOf = (site: SiteRow, { visitor }: Choice): string => `${site}|${visitor}`;
  const saidBy = ({ kind, toldAt, purposes, source, policyVersion, digest, gpc }: Choice): string =>
    JSON.stringify([kind, toldAt, purposes, source, policyVersion, digest, gpc?.isSet]);
  return {
    unknown: (site, choices) =>
      choices.filter((choice) => {
        const held = known.get(nameOf(site, choice));
        return held === undefined || held.until <= now() || held.said !== saidBy(choice) || choice.kind === 'withdrawn';
      }),
    learn: (site, choices, withdrawn) => {
      for (const choice of choices) {
        const name = nameOf(site, choice);
        known.delete(name);
        // What grants nothing after a withdrawal is asked of the database each time it comes: what comes with it has to go as well.
        if (!withdrawn.has(choice.visitor)) known.set(name, { said: saidBy(choice), until: now() + KNOWN_CHOICE_MS });
      }
      for (const name of known.keys()) {
        if (known.size <= KNOWN_CHOICES_MAX) break;
        known.delete(name);
      }
    },
  };
}
