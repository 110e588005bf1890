// edge/collector/consent-status.test.ts: the signal is heard however it arrives (C2).
import { describe, expect, it } from 'vitest';
import { consentStatus } from './consent-status.ts';

describe('C2: Sec-GPC', () => {
  it.each([
    { header: '1', heard: true },
    { header: ' 1 ', heard: true },
    { header: '1, 1', heard: true },
    { header: '0, 1', heard: true },
    { header: '?1', heard: true },
    { header: '1;a=b', heard: true },
    { header: '0', heard: false },
    { header: '11', heard: false },
    { header: '', heard: false },
    { header: undefined, heard: false },
  ])('%o is heard: $heard', ({ header, heard }) => {
    expect(consentStatus(header).gpc.honoured).toBe(heard);
  });
});
