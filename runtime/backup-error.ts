// runtime/backup-error.ts: why a backup can't be made or put back.

/** Thrown where a backup can't be made, or must not be put back; the message says what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  /** Stable code for logs. */
  readonly code:
    | 'no_database'
    | 'no_room'
    | 'not_written'
    | 'not_whole'
    | 'no_backup'
    | 'altered'
    | 'erasures_unknown'
    | 'newer'
    | 'in_the_way'
    | 'served';
  constructor(code: BackupError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
