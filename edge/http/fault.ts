// edge/http/fault.ts: the one boundary that turns faults of ours into answers.
import { faultCode } from '../../core/index.ts';
import type { Port } from '../port.ts';
import type { Answer } from './exchange.ts';
import { problemAnswer } from './problem.ts';

/** Faults of the places things are kept in: the client may come again when they are mended. */
const STORAGE_FAULTS: ReadonlySet<string> = new Set([
  'salt_key_missing',
  'key_folder',
  'writer_ended',
  'SQLITE_BUSY',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_READONLY',
]);

/**
 * Logs a fault and answers it. Its message may quote what a client sent; the log gets its code and route alone (P1).
 * @param path the route's pattern, not what the client asked for.
 */
export function answerFault(port: Pick<Port, 'log'>, fault: unknown, requestId: string, path: string): Answer {
  const name = fault instanceof Error ? fault.name : 'unknown';
  const code = faultCode(fault);
  // Nobody hears this answer, and a log that anybody can fill by hanging up would tell the operator nothing.
  if (code === 'client_gone') return problemAnswer('malformed_json', 'The body ended before its length.');
  port.log('error', 'request_failed', { requestId, code, name, path });
  return /^Libsql(?:Batch)?Error$/.test(name) || STORAGE_FAULTS.has(code)
    ? problemAnswer('storage_unavailable', 'The database can not be reached; the operator log says more.')
    : problemAnswer('internal', 'The operator log has the request id of this answer.');
}
