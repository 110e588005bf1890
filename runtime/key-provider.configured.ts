// runtime/key-provider.configured.ts: the keys a configuration asks for: a folder, or a Worker's master secret.
import type { KeyProvider } from '../core/index.ts';
import type { Config } from './config.ts';
import { openKeyFolder } from './key-provider.file.ts';
import { masterKeys } from './key-provider.master.ts';

/** Opens them. @throws {KeyFolderError} the folder can't be trusted or used. */
export const configuredKeys = (
  config: Pick<Config, 'keyDir' | 'masterKey'> & Partial<Pick<Config, 'dataDir'>>,
): Promise<KeyProvider> =>
  config.masterKey === undefined
    ? openKeyFolder(config.keyDir, config.dataDir)
    : masterKeys(new Uint8Array(Buffer.from(config.masterKey, 'base64')));
