// core/event-mapping.ts: which column of a CSV file is which field of an event.
import * as v from 'valibot';

const COLUMNS_MAX = 200;
const FIELD = /^(?:id|name|time|url|referrer|title|first_party_id|address|user_agent|source|params\.[^.]{1,40})$/;
const field = v.pipe(v.string(), v.regex(FIELD, 'a field such as id, name, time or params.value'));

/** A mapping that was checked. */
export interface CsvMapping {
  /** Columns by the field that each is. */
  readonly columns: Readonly<Record<string, string>>;
  /** What holds for every row. */
  readonly constants: Readonly<Record<string, string | number | boolean>>;
}

/** A mapping as its file holds it; see docs/ingest.md. */
export const mappingSchema: v.GenericSchema<unknown, CsvMapping> = v.strictObject({
  columns: v.pipe(
    v.record(v.string(), field),
    v.check((columns) => {
      const { length } = Object.keys(columns);
      return length > 0 && length <= COLUMNS_MAX;
    }, `1 to ${COLUMNS_MAX} columns`),
  ),
  /** What holds for every row. */
  constants: v.optional(v.record(field, v.union([v.string(), v.number(), v.boolean()])), {}),
});
/** An event in words, as a line of an import holds it. Empty cells are left out, and whole numbers of ms are times. */
export function mapRow(row: Readonly<Record<string, string>>, { columns, constants }: CsvMapping): object {
  const params = new Map<string, unknown>();
  const fields = new Map<string, unknown>();
  const put = (name: string, value: unknown): void => {
    if (name.startsWith('params.')) params.set(name.slice('params.'.length), value);
    else fields.set(name, name === 'time' && typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);
  };
  for (const [name, value] of Object.entries(constants)) put(name, value);
  for (const [column, name] of Object.entries(columns)) {
    const cell = (row[column] ?? '').trim();
    if (cell !== '') put(name, cell);
  }
  return { ...Object.fromEntries(fields), ...(params.size === 0 ? {} : { params: Object.fromEntries(params) }) };
}
