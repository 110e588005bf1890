// runtime/privacy-parts.ts: what every runtime gives the answering of privacy requests.
import type { Port } from '../edge/index.ts';
import { explainProfile } from '../segmenter/index.ts';

/** No destination is built yet: receipts and records say that nobody had to be told. */
export const PRIVACY_PARTS: Pick<Port, 'destinations' | 'explainProfile'> = { destinations: [], explainProfile };
