// runtime/geo.ts: where an address lies, by the operator's own MMDB file: country and region alone, and never of a whole address.
import { readFile, stat } from 'node:fs/promises';
import type { Response as MmdbRecord } from 'mmdb-lib';
import { Reader } from 'mmdb-lib';
import type { Place } from '../core/index.ts';
import { faultCode, truncateAddress } from '../core/index.ts';
import type { Port } from '../edge/index.ts';
import { placeFrom } from './place.ts';
import { StartError } from './start-error.ts';

/** How often the file is looked at for a newer one; operators renew it about weekly. */
const REREAD_MS = 900_000;
/** Networks whose place is remembered. */
const NETWORKS_MAX = 10_000;

/** A list of places that follows its file. */
export interface Geo {
  readonly placeOf: (address: string | undefined) => Place | undefined;
  /** Reads the file again where it changed; what can't be read leaves the old one in use and is logged. */
  readonly refresh: () => Promise<void>;
  readonly close: () => void;
}

const NOWHERE: Geo = { placeOf: () => undefined, refresh: () => Promise.resolve(), close: () => undefined };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const inside = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);

/** Reads records of MaxMind's shape (`country.iso_code`) and of flat lists (`country_code`, or `country` as a text). */
function placeOfRecord(record: unknown): Place | undefined {
  const country = inside(record, 'country');
  const [subdivision] = (inside(record, 'subdivisions') as readonly unknown[] | undefined) ?? [];
  return placeFrom(
    inside(country, 'iso_code') ?? inside(record, 'country_code') ?? country,
    inside(subdivision, 'iso_code'),
    inside(inside(record, 'location'), 'time_zone') ?? inside(record, 'timezone'),
  );
}

/** The network's own first address: the reader is not told more than what may be kept in memory anyway. */
const hostOf = (network: string): string => network.slice(0, network.indexOf('/'));

function lookUp(reader: Reader<MmdbRecord>): Geo['placeOf'] {
  const known = new Map<string, Place | undefined>();
  return (address) => {
    const network = address === undefined ? undefined : truncateAddress(address);
    if (network === undefined) return undefined;
    if (known.has(network)) return known.get(network);
    const place = placeOfRecord(reader.get(hostOf(network)));
    if (known.size >= NETWORKS_MAX) known.clear();
    known.set(network, place);
    return place;
  };
}

async function readAt(path: string): Promise<{ readonly placeOf: Geo['placeOf']; readonly changedAt: number }> {
  const { mtimeMs } = await stat(path);
  return { placeOf: lookUp(new Reader<MmdbRecord>(await readFile(path))), changedAt: mtimeMs };
}

/** Opens the list; without a path nothing lies anywhere. @throws {StartError} the file can't be read as an MMDB. */
export async function openGeo(path: string | undefined, log: Port['log']): Promise<Geo> {
  if (path === undefined) return NOWHERE;
  let current = await readAt(path).catch((fault: unknown) => {
    throw new StartError(
      'geo_file',
      `The file of HUSHTAG_GEO_FILE, ${path}, can not be read as an MMDB (${faultCode(fault)}): mend the path or the file, or unset it.`,
    );
  });
  const refresh = async (): Promise<void> => {
    try {
      const { mtimeMs } = await stat(path);
      if (mtimeMs === current.changedAt) return;
      current = await readAt(path);
      log('info', 'geo_file_read_again');
    } catch (fault) {
      log('warn', 'geo_file_not_read', { code: faultCode(fault) });
    }
  };
  const timer = setInterval(() => void refresh(), REREAD_MS);
  timer.unref();
  return { placeOf: (address) => current.placeOf(address), refresh, close: () => clearInterval(timer) };
}
