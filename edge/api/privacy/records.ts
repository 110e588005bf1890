// edge/api/privacy/records.ts: record of processing (GDPR Art. 30), draft of an impact assessment (Art. 35), breach pack (Art. 33, 34).
import type { EpochMs } from '../../../contract/index.ts';
import { PURPOSE_BIT } from '../../../contract/index.ts';
import type { Site } from '../../../store/index.ts';
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

/** A risk, how likely and how severe it is with the configuration as it is, and what lowers it. */
type Risk = readonly [risk: string, level: 'low' | 'medium' | 'high', why: string, remedy: string];

function risksOf({ days, policy, forgets, site, records, destinations }: Facts): Risk[] {
  const isProfiling = (policy.purposes & PURPOSE_BIT.profile) !== 0;
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
    isProfiling && records.profiles > 0
      ? ['Behaviour alone tells who somebody is', 'medium', `${about(records.profiles)} profiles with products and amounts`, 'shorter limits; objection is honoured at once']
      : ['Behaviour alone tells who somebody is', 'low', 'There are no profiles', '—'],
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
  return {
    kind: 'dpia',
    title: `Draft of an impact assessment: ${site.id} (GDPR Art. 35)`,
    ...head(needs, site),
    sections: [
      {
        heading: 'Is one needed?',
        text: [
          `Evaluation or scoring (profiles): ${facts.records.profiles > 0 ? 'yes' : 'no'}. Large scale: ${about(facts.holdings.linkedVisitors)} recognised visitors. Decisions with legal effect: none are made by this software.`,
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

/** What was stored of whom between two instants, and whether the keys were alive: what a breach notice asks for. */
export async function makeBreachPack(
  needs: RightsNeeds,
  site: Site,
  from: EpochMs,
  to: EpochMs,
): Promise<PrivacyDocument> {
  const facts = await readFacts(needs, site, from, to);
  return {
    kind: 'breach',
    title: `Breach pack: ${site.id}, ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`,
    ...head(needs, site),
    sections: [
      {
        heading: 'What to do with it',
        text: [
          'GDPR Art. 33: the authority is told within 72 hours of knowing, with approximate numbers. Art. 34: nobody can be written to, because no contact is stored; where those affected must be told, a public notice takes its place (Art. 34 (3) (c)).',
          `Nature of the breach, likely consequences, measures taken: ${TO_STATE}.`,
        ],
      },
      peopleSection(facts),
      dataSection(facts),
      {
        heading: 'Keys',
        text: [
          'While a salt can be opened, who has database and keys can check guesses of who is behind a pseudonym. Once it is destroyed, nobody can.',
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
