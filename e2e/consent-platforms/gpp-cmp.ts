// e2e/consent-platforms/gpp-cmp.ts: a consent platform over the IAB's GPP library, with all of it but the banner; bundled for the page.
import { CmpApi, SignalStatus } from '@iabgpp/cmpapi';

const KEPT_KEY = 'gpp';
const SECTION = 'usnat';
const FIELDS = ['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut'];
// As in MSPA's table: 1 opted out, 2 did not.
const OUT = 1;
const IN = 2;

const api = new CmpApi(2, 1);
const ready = (): void => {
  api.fireSectionChange(SECTION);
  api.setSignalStatus(SignalStatus.READY);
};
api.setApplicableSections([7]);
const kept = localStorage.getItem(KEPT_KEY);
if (kept === null) {
  // Notices were given to everybody; that is no opt-out. Nobody has chosen, and so the signal is not ready.
  for (const notice of FIELDS) api.setFieldValue(SECTION, `${notice}Notice`, 1);
  api.fireSectionChange(SECTION);
} else {
  api.setGppString(kept);
  ready();
}

Object.assign(window, {
  cmp: {
    /** Opts out of the named fields, and of no other. */
    optOutOf: (fields: readonly string[]): void => {
      api.setSignalStatus(SignalStatus.NOT_READY);
      for (const field of FIELDS) api.setFieldValue(SECTION, field, fields.includes(field) ? OUT : IN);
      localStorage.setItem(KEPT_KEY, api.getGppString());
      ready();
    },
  },
});
document.documentElement.dataset['started'] = '';
