// runtime/network-file.ts: the operator's list of networks that no visitor sits in, read once at start.
import { readFile } from 'node:fs/promises';
import type { NetworkList } from '../core/index.ts';
import { faultCode, NETWORKS_MAX, parseNetworks } from '../core/index.ts';
import { StartError } from './start-error.ts';

/** Reads the list; undefined where none is set. @throws {StartError} with the line that is no network. */
export async function readNetworkFile(path: string | undefined): Promise<NetworkList | undefined> {
  if (path === undefined) return undefined;
  const text = await readFile(path, 'utf8').catch((fault: unknown) => {
    throw new StartError(
      'bot_networks',
      `The file of HUSHTAG_BOT_NETWORKS, ${path}, can not be read (${faultCode(fault)}): mend the path, or unset it.`,
    );
  });
  const list = parseNetworks(text.split('\n'));
  if (list.ok) return list.value;
  const what =
    list.error === 'too_many_networks'
      ? `has more than ${NETWORKS_MAX} networks`
      : `has no network on line ${list.error.line}: write one such as 192.0.2.0/24 or 2001:db8::/32`;
  throw new StartError('bot_networks', `The file of HUSHTAG_BOT_NETWORKS, ${path}, ${what}.`);
}
