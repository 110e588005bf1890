// edge/api/privacy/access-html.ts: the access file as a page that a person can read.
import type { Markup } from '../../http/html.ts';
import { html, htmlPage, htmlTable } from '../../http/html.ts';
import type { AccessEvent, AccessFile, FoundData } from './access-file.ts';

const SHOWN_APART = new Set(['at', 'name', 'purposes', 'path', 'title']);

const restOf = (event: AccessEvent): string =>
  Object.entries(event)
    .filter(([field]) => !SHOWN_APART.has(field))
    .map(([field, value]) => `${field}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('; ');

/** A heading with a table, or a sentence where the table would be empty. */
const section = (
  title: string,
  head: readonly string[],
  rows: readonly (readonly unknown[])[],
  empty: string,
): Markup =>
  html`<h2>${title}</h2>
${rows.length === 0 ? html`<p>${empty}</p>` : htmlTable(head, rows)}
`;

const choices = ({ consents, receipts, logins }: FoundData): Markup =>
  html`${section(
    'Consents your data was taken under',
    ['Purposes', 'Version of the policy', 'From', 'Until', 'Events'],
    consents.map((one) => [one.purposes.join(', ') || 'none', one.policyVersion, one.first, one.last, one.events]),
    'None.',
  )}${section(
    'Your choices',
    ['When', 'What', 'Purposes', 'Told by', 'Version of the policy'],
    receipts.map((one) => [one.at, one.kind, one.purposes.join(', '), one.source, one.policyVersion]),
    'None is kept.',
  )}${section(
    'Logins your browser was linked to',
    ['By', 'When last'],
    logins.map((one) => [one.by, one.at]),
    'None.',
  )}`;

const profiled = ({ profile, segments, segmentsWithheld, objectedAt }: FoundData): Markup =>
  html`${objectedAt === null ? '' : html`<p>You objected to profiling on ${objectedAt}. No profile is made since.</p>`}${section(
    'Your profile',
    ['What', 'Value'],
    (profile?.traits ?? []).map((one) => [one.description, `${one.value} ${one.currency ?? ''} (${one.unit})`]),
    'There is none.',
  )}${section(
    'Groups you are in',
    ['Group', 'What it is', 'Why you are in it'],
    segments.map((one) => [one.label ?? one.id, one.description ?? '', one.why]),
    segmentsWithheld === undefined
      ? 'None.'
      : 'Left out: your browser was logged in, and groups are made of all browsers of a login. Ask the site, and show your login.',
  )}`;

const happened = ({ events, eventsLeftOut }: FoundData): Markup =>
  section(
    `Events (${events.length}${eventsLeftOut === 0 ? '' : `, and ${eventsLeftOut} more that did not fit`})`,
    ['When', 'What', 'Page', 'Purposes', 'Else'],
    events.map((one) => [
      one.at,
      one.name,
      [one.path, one.title].filter(Boolean).join(' · '),
      one.purposes.join(', '),
      restOf(one),
    ]),
    'None.',
  );

const aside = ({ keptAside }: FoundData): Markup =>
  section(
    `Events that were refused and are kept aside (${keptAside.length})`,
    ['When', 'Why', 'Purposes', 'What'],
    keptAside.map((one) => [one.at, one.reason, one.purposes.join(', '), JSON.stringify(one.event ?? null)]),
    'None.',
  );

/** Writes the page. */
export function accessHtml(file: AccessFile): string {
  const days = Object.entries(file.retentionDays);
  return htmlPage(
    `What ${file.site} has stored of you`,
    html`<p>Made ${file.madeAt} for the request ${file.request}. The same as data: the JSON form of this file.</p>
${
  file.status === 'found'
    ? html`${profiled(file.data)}${choices(file.data)}${happened(file.data)}${aside(file.data)}`
    : file.status === 'nothing_stored'
      ? html`<p><strong>Nothing is stored under the id you showed.</strong></p>`
      : html`<p><strong>You can not be identified in what is stored (${file.article}).</strong> ${file.meaning}</p>`
}
<h2>Who received data</h2>
${
  file.recipients.length === 0
    ? html`<p>Nobody outside the site: no destination is set up.</p>`
    : htmlTable(
        ['Who', 'What for'],
        file.recipients.map((one) => [one.name, one.purpose]),
      )
}
<h2>How long data is kept</h2>
${days.length === 0 ? html`<p>The site has set no limit yet.</p>` : htmlTable(['What', 'Days'], days)}
<h2>What is not kept</h2>
<ul>${file.notKept.map((one) => html`<li>${one}</li>`)}</ul>`,
  );
}
