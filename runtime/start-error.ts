// runtime/start-error.ts: why a server can't start.

/** Thrown where a server can't start; the message says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /** Stable code for logs and exit. */
  readonly code:
    | 'database_unusable'
    | 'database_newer'
    | 'database_foreign'
    | 'port_taken'
    | 'port_forbidden'
    | 'database_missing'
    | 'events_missing'
    | 'log_damaged'
    | 'backup_failed'
    | 'data_folder'
    | 'second_folder'
    | 'bot_networks'
    | 'geo_file';
  constructor(code: StartError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
