// cli/import/formats/parts.ts: what the formats share: an event in words, times, and an id for a visitor of another tool.
import { createHash } from 'node:crypto';

/** A record of a file: a row of CSV, a line of JSON, a row of Parquet. */
export type ImportRecord = Readonly<Record<string, unknown>>;
/** An event in words, as a line of `POST /v1/import` holds it; the collector checks it. */
export type WordedEvent = Readonly<Record<string, unknown>>;

/** What a person says about the whole file. */
export interface FormatOptions {
  /** Scheme and host that paths belong to, such as `https://shop.example`; undefined where the file says it. */
  readonly origin?: string;
  /** ISO 4217, for files that name no currency. */
  readonly currency?: string;
}

/** How the export of another tool becomes events. */
export interface ImportFormat {
  /** How the file is read. */
  readonly reader: 'csv' | 'json' | 'parquet';
  /** `row`: a record is an event, and the line of a dead letter is the record's. `event`: records hold many, and events are counted. */
  readonly numbering: 'row' | 'event';
  /** Events of a record; none where it is of no event. */
  readonly events: (record: ImportRecord, options: FormatOptions) => readonly WordedEvent[];
  /** Puts records together that are one: called with each in order, answers with those that are whole. */
  readonly belongs?: (record: ImportRecord, before: ImportRecord) => boolean;
  /** Makes one record of those that belong together. */
  readonly join?: (records: readonly ImportRecord[]) => ImportRecord;
}

/** A text that is there, without spaces around it. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  // ClickHouse and PostgreSQL write what is absent like this.
  return text === '' || text === '\\N' || text === 'NULL' ? undefined : text;
}

/** A number that is there; thousands are written with commas by some. */
export function numberOf(value: unknown): number | undefined {
  const text = textOf(value);
  const number = text === undefined ? Number.NaN : Number(text.replaceAll(',', ''));
  return Number.isFinite(number) ? number : undefined;
}

/** Leaves out what is undefined. */
export const present = (fields: ImportRecord): WordedEvent =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** `2024-01-02 03:04:05`, with or without a zone (`-0500`, `Z`, `UTC`), as ISO 8601; UTC where none is written. */
export function isoOf(value: unknown): string | undefined {
  const text = textOf(value);
  const [, day, time, zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,9})?) ?(Z|UTC|[+-]\d\d:?\d\d)?$/.exec(text ?? '') ?? [];
  return day === undefined ? text : `${day}T${time}${zone === 'UTC' ? 'Z' : zone}`;
}

/**
 * A first-party id for a visitor that another tool knew: the same visitor gets the same one, and nobody gets back to the other's id.
 * It links events only where a consent is stated; no browser holds it, so a returning visitor is a new one.
 */
export const visitorId = (tool: string, id: string): string =>
  createHash('sha256').update(`hushtag import\n${tool}\n${id}`).digest('base64url');

/** An event's name as the collector takes it: lower-case letters, digits and underscores, 40 at most. */
export const eventName = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 40);

/** A page's address of its parts. */
export function addressOf(
  host: string | undefined,
  path: string,
  query: string | undefined,
  { origin }: FormatOptions,
): string {
  const base = origin ?? (host === undefined ? 'https://unknown.invalid' : `https://${host}`);
  return `${base}${path.startsWith('/') ? '' : '/'}${path}${query === undefined ? '' : `?${query.replace(/^\?/, '')}`}`;
}
