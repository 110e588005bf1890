// store/file-url.ts: how the driver is told a path.

/** A path as a file URL, in which ? # and % would mean something else. */
export const fileUrl = (path: string): string => `file:${path.split('/').map(encodeURIComponent).join('/')}`;
