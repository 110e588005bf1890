// edge/api/export-content.ts: what is fetched of an export: its events in the form it has, read as fast as they are taken.
import type { ExportPart, ExportSlice, TextFormat } from '../../store/index.ts';
import { EXPORT_COLUMNS, EXPORT_TEXTS } from '../../store/index.ts';

/** Events that are turned into Parquet at once: they are what is held in memory, and keep a server busy for some 50 ms. */
const ROW_GROUP_EVENTS = 5_000;

type Slices = AsyncIterable<ExportSlice>;
type Bytes = AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>;
type Event = Readonly<Record<string, unknown>>;

/** Lines of text. @param isBeginning whether they are the first of the whole, which alone have a head. */
export async function* textContent(format: TextFormat, slices: Slices, isBeginning: boolean): Bytes {
  const { head, text } = EXPORT_TEXTS[format];
  const encoder = new TextEncoder();
  if (isBeginning && head !== '') yield encoder.encode(head);
  for await (const { lines } of slices) yield encoder.encode(text(lines));
}

/** Parquet's types by those of the columns (docs/export.md); JSON is text there, as in the files of `hushtag export`. */
const TYPES = {
  BIGINT: { type: 'INT64', read: (value: unknown) => BigInt(value as number) },
  INTEGER: { type: 'INT32', read: (value: unknown) => value },
  BOOLEAN: { type: 'BOOLEAN', read: (value: unknown) => value },
  VARCHAR: { type: 'STRING', read: (value: unknown) => value },
  JSON: { type: 'STRING', read: (value: unknown) => JSON.stringify(value) },
} as const;

const columnsOf = (events: readonly Event[]) =>
  EXPORT_COLUMNS.map(({ name, type }) => {
    const { read } = TYPES[type];
    return { name, data: events.map(({ [name]: value }) => (value === null ? null : read(value))) };
  });

/** One file of Parquet, a row group after the other. */
export async function* parquetContent(slices: Slices): Bytes {
  // Loaded when it is first asked for: nobody else needs it.
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer');
  const described = EXPORT_COLUMNS.map(({ name, type }) => ({
    name,
    data: [],
    type: TYPES[type].type,
    nullable: true,
  }));
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: schemaFromColumnData({ columnData: described }),
    createdBy: 'hushtag',
  });
  const take = (): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(writer.getBytes());
    // The place in the file is kept in `offset`; what was taken is written over.
    writer.index = 0;
    return bytes;
  };
  const write = async (events: readonly Event[]): Promise<Uint8Array<ArrayBuffer>> => {
    await file.write({ columnData: columnsOf(events), rowGroupSize: ROW_GROUP_EVENTS });
    return take();
  };
  let held: Event[] = [];
  for await (const { lines } of slices) {
    held.push(...lines.split('\n').map((line) => JSON.parse(line) as Event));
    if (held.length < ROW_GROUP_EVENTS) continue;
    yield await write(held);
    held = [];
  }
  if (held.length > 0) yield await write(held);
  await file.finish();
  yield take();
}

/** One after the other. */
export async function* slicesOfParts(
  parts: readonly ExportPart[],
  read: (part: ExportPart) => Slices,
): AsyncGenerator<ExportSlice, void, undefined> {
  for (const part of parts) yield* read(part);
}

/** Bytes as a stream that is read as fast as it is taken. @param onEnd told once, however it ends. */
export function streamOf(bytes: Bytes, onEnd: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await bytes.next();
          if (done !== true) return controller.enqueue(value);
          onEnd();
          controller.close();
        } catch (fault) {
          // The answer breaks off: whoever fetches must not take a part of it for all.
          onEnd();
          controller.error(fault);
        }
      },
      cancel: onEnd,
    },
    { highWaterMark: 1 },
  );
}
