// edge/api/privacy/records.ts: record of processing (GDPR Art. 30), draft of an impact assessment (Art. 35), breach pack (Art. 33, 34).
import type { EpochMs } from '../../../contract/index.ts';
import { PURPOSE_BIT } from '../../../contract/index.ts';
import type { PurgedSince, Site } from '../../../store/index.ts';
import { readPurgedSince, readRuleSegments } from '../../../store/index.ts';
import type { PrivacyDocument, Section } from './documents.ts';
import type { Facts } from './facts.ts';
import {
  about,
  dataSection,
  measuresSection,
  peopleSection,
  readFacts,
  recipientsSection,
  retentionSection,
  utcDay,
} from './facts.ts';
import type { RightsNeeds } from './needs.ts';

const TO_STATE = '— to be stated by you';

const head = (needs: RightsNeeds, site: Site): Pick<PrivacyDocument, 'site' | 'madeAt'> => ({
  site: site.id,
  madeAt: new Date(needs.now()).toISOString(),
});

const allTime = (needs: RightsNeeds, site: Site): Promise<Facts> =>
  readFacts(needs, site, 0 as EpochMs, (needs.now() + 1) as EpochMs);

const purposesSection = ({ policy }: Facts): Section => ({
  heading: 'Purposes and legal bases',
  table: {
    head: ['Purpose', 'Relied on', 'Legal basis'],
    rows: [
      [
        'measure: how the site is used',
        'yes',
        policy.unknown === 'drop' ? 'consent (Art. 6 (1) (a))' : `consent; before a choice ${TO_STATE}`,
      ],
      [
        'profile: computed traits and segments',
        policy.purposes & PURPOSE_BIT.profile ? 'yes' : 'no',
        'consent (Art. 6 (1) (a))',
      ],
      ['personalise', policy.purposes & PURPOSE_BIT.personalise ? 'yes' : 'no', 'consent (Art. 6 (1) (a))'],
      ['share', policy.purposes & PURPOSE_BIT.share ? 'yes' : 'no', 'consent (Art. 6 (1) (a))'],
    ],
  },
});

/** The record of processing activities of a site. What software can't know is marked to be stated. */
export async function makeRopa(needs: RightsNeeds, site: Site): Promise<PrivacyDocument> {
  const facts = await allTime(needs, site);
  return {
    kind: 'ropa',
    title: `Record of processing: ${site.id} (GDPR Art. 30)`,
    ...head(needs, site),
    sections: [
      {
        heading: 'Controller',
        table: {
          head: ['What', ''],
          rows: [
            ['Name and contact of the controller', TO_STATE],
            ['Data protection officer', TO_STATE],
            ['Pages', site.origins.join(', ')],
          ],
        },
      },
      purposesSection(facts),
      peopleSection(facts),
      dataSection(facts),
      recipientsSection(facts),
      retentionSection(facts),
      measuresSection(facts),
    ],
  };
}

/** By configuration: the first run of the segmenter may be a day away, and an assessment is made before it. */
const isProfiling = ({ purposes }: Facts['policy']): boolean => (purposes & PURPOSE_BIT.profile) !== 0;

/** A risk, how likely and how severe it is with the configuration as it is, and what lowers it. */
type Risk = readonly [risk: string, level: 'low' | 'medium' | 'high', why: string, remedy: string];

function risksOf({ days, policy, forgets, site, records, destinations }: Facts): Risk[] {
  return [
    days.events === undefined
      ? ['Data is kept without end', 'high', 'No limit is set for events', 'hushtag retention set']
      : ['Data is kept longer than needed', 'low', `Events go after ${days.events} days`, 'hushtag retention check'],
    policy.unknown === 'day'
      ? ['Visitors are counted before they choose', 'medium', 'Unknown visitors get a key for one day', 'policy strict']
      : ['Visitors are counted before they choose', 'low', 'Unknown visitors are not stored', '—'],
    ['Guessing who is behind a live pseudonym', 'medium', 'Who has database and keys can try all IPv4 networks in minutes', 'keep keys on another machine; day salts die after a day'],
    forgets
      ? ['A destroyed salt is brought back', 'low', 'Keys are destroyed before rows', 'keep keys out of backups']
      : ['A destroyed salt is brought back', 'medium', 'Keys derive from one secret', 'a KMS, or the Node edge'],
    isProfiling(policy)
      ? ['Behaviour alone tells who somebody is', 'medium', `Profiles with products and amounts are made of who agrees; ${about(records.profiles)} now`, 'shorter limits; objection is honoured at once']
      : ['Behaviour alone tells who somebody is', 'low', 'The policy in force lets no profile be made', '—'],
    site.floor >= 50
      ? ['Published numbers tell of one person', 'low', `Floor ${site.floor}, noise, cap of releases`, '—']
      : ['Published numbers tell of one person', 'medium', `The floor is ${site.floor}, below 50`, 'a floor of 50 or more'],
    destinations.length > 0
      ? ['Recipients use data for something else', 'medium', `${destinations.length} destinations`, 'contracts; consent to share']
      : ['Recipients use data for something else', 'low', 'There are none', '—'],
  ]; // biome-ignore format: a risk a row
}

/** A draft of a data protection impact assessment: description, necessity, risks by configuration. Judging them is people's work. */
export async function makeDpia(needs: RightsNeeds, site: Site): Promise<PrivacyDocument> {
  const facts = await allTime(needs, site);
  const rules = (await readRuleSegments(needs.db, site.row)).segments;
  return {
    kind: 'dpia',
    title: `Draft of an impact assessment: ${site.id} (GDPR Art. 35)`,
    ...head(needs, site),
    sections: [
      {
        heading: 'Is one needed?',
        text: [
          `Evaluation or scoring (profiles): ${isProfiling(facts.policy) ? `yes: the policy in force lets profiles be made of who agrees to profile; there are ${about(facts.records.profiles)} now` : 'no: the policy in force relies on no consent to profile'}${rules.length === 0 ? '' : `. Rules for segments that are set: ${rules.map(({ name }) => name).join(', ')}`}. Large scale: ${about(facts.holdings.linkedVisitors)} recognised visitors. Decisions with legal effect: none are made by this software.`,
          `Views of those affected, and advice of the officer: ${TO_STATE}.`,
        ],
      },
      purposesSection(facts),
      peopleSection(facts),
      dataSection(facts),
      {
        heading: 'Necessity and proportion',
        text: [
          'No address, user agent, raw id, order number or query is stored; without consent nobody is recognised on the next day; rights are answered over one interface, with a clock.',
          `Open requests of people: ${facts.records.openRequests}.`,
        ],
      },
      retentionSection(facts),
      recipientsSection(facts),
      {
        heading: 'Risks, as configured',
        table: { head: ['Risk', 'Level', 'Why', 'What lowers it'], rows: risksOf(facts) },
      },
      measuresSection(facts),
    ],
  };
}

/** What of the window is gone. The numbers before it are of what is kept now: what was stolen then may be more. */
function purgedSection({ purges, erasures, entriesForgotten }: PurgedSince, from: EpochMs, to: EpochMs): Section {
  const reach = Math.max(from, ...purges.map(({ before }) => before));
  const text = [
    'The numbers above are of what is kept now, by the time of the event. What was stored while the breach went on may have been more:',
    purges.length === 0
      ? 'No purge that the log knows of reached into the window.'
      : `Events of the window from before ${new Date(Math.min(reach, to)).toISOString()} are past the time limit and purged; they were still there until the purges below.`,
    `${about(erasures)} requests for erasure were answered since the window began: what these visitors had in it is not counted.`,
    ...(entriesForgotten === 0
      ? []
      : ['Some entries of the audit log are past their limit: of purges before them nothing is known here.']),
  ];
  if (purges.length === 0) return { heading: 'What of the window is gone', text };
  const rows = purges.map((one) => [
    new Date(one.at).toISOString(),
    new Date(one.before).toISOString(),
    one.events === undefined ? 'not told' : about(one.events),
  ]);
  const head = ['Purged', 'Events from before', 'Events that went, those from before the window too'];
  return { heading: 'What of the window is gone', text, table: { head, rows } };
}

/** What was stored of whom between two instants, and whether the keys were alive: what a breach notice asks for. */
export async function makeBreachPack(
  needs: RightsNeeds,
  site: Site,
  from: EpochMs,
  to: EpochMs,
): Promise<PrivacyDocument> {
  const facts = await readFacts(needs, site, from, to);
  const purged = await readPurgedSince(needs.db, site.id, from);
  return {
    kind: 'breach',
    title: `Breach pack: ${site.id}, ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`,
    ...head(needs, site),
    sections: [
      {
        heading: 'What to do with it',
        text: [
          'GDPR Art. 33: the authority is told within 72 hours of knowing, with approximate numbers. Art. 34: nobody can be written to, because no contact is stored; where those affected must be told, a public notice takes its place (Art. 34 (3) (c)).',
          'A stolen database concerns all that was stored, not the days of the breach alone: then begin the window with the oldest event. Profiles, refused events and logins are counted whatever the window.',
          `Nature of the breach, likely consequences, measures taken: ${TO_STATE}.`,
        ],
      },
      peopleSection(facts),
      dataSection(facts),
      purgedSection(purged, from, to),
      {
        heading: 'Keys',
        text: [
          'While a salt can be opened, who has database and keys can check guesses of who is behind a pseudonym. Once it is destroyed, nobody can.',
          'Day salts are those of the window. Long salts made after it are named too: imported history keeps its own dates, and has the pseudonyms of the day it was imported.',
          ...(facts.salts.length === 0
            ? [
                'No salt was ever made that an event of this window can have a pseudonym by, or what the log said of it is past its limit.',
              ]
            : []),
        ],
        table: {
          head: ['Salt', 'From', 'State'],
          rows: facts.salts.map((salt) => [
            salt.use,
            utcDay(salt.opensAt),
            salt.alive
              ? 'ALIVE: its key can be read'
              : salt.destroyedAt === undefined
                ? 'its key is gone'
                : `destroyed ${new Date(salt.destroyedAt).toISOString()}`,
          ]),
        },
      },
      recipientsSection(facts),
      measuresSection(facts),
    ],
  };
}
