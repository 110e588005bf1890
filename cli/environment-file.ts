// cli/environment-file.ts: the file `hushtag.env` of the working directory, under what the environment itself says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { faultCode } from '../core/index.ts';

/** Its name; `hushtag init` writes it. systemd (`EnvironmentFile=`) and compose (`env_file:`) read the same file. */
export const ENVIRONMENT_FILE = 'hushtag.env';

/**
 * The environment of a command: the file's lines, overruled by variables that are set, so that a line typed before a command
 * counts. @throws what reading the file throws, but where there is none.
 */
export function environmentIn(
  folder: string,
  set: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  try {
    return { ...parseEnv(readFileSync(join(folder, ENVIRONMENT_FILE), 'utf8')), ...set };
  } catch (fault) {
    if (faultCode(fault) === 'ENOENT') return set;
    throw fault;
  }
}

// What dotenv, systemd and compose read alike: no quote, backslash, dollar or line end in a value.
const SAFE = /^[^"\\$`\n\r\0]*$/;
const BARE = /^[\w./:@,-]+$/;

/** Whether a value can stand in the file and means the same to everybody who reads it. */
export const isFileValue = (value: string): boolean => SAFE.test(value);

/** A line of the file. */
export const environmentLine = (name: string, value: string): string =>
  `${name}=${BARE.test(value) ? value : `"${value}"`}`;
