// core/fault-code.ts: the stable code of whatever was thrown, for logs and error boundaries; never its message (P1).

/** The `code` of a fault that has a textual one (Node's, the driver's, our own), else `unknown`. */
export const faultCode = (fault: unknown): string =>
  typeof fault === 'object' && fault !== null && 'code' in fault && typeof fault.code === 'string'
    ? fault.code
    : 'unknown';
