// e2e/consent-platforms/tcf-cmp.ts: a consent platform over the IAB's own library, with all of TCF but the banner; bundled for the page.
// The same file is bundled with the library of TCF 2.0 and 2.1 (@iabtcf/*) in place of this one.
import { CmpApi } from '@iabtechlabtcf/cmpapi';
import type { VendorList } from '@iabtechlabtcf/core';
import { GVL, TCModel, TCString } from '@iabtechlabtcf/core';

const KEPT_KEY = 'euconsent-v2';
const PURPOSES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const purposes = Object.fromEntries(
  PURPOSES.map((id) => [id, { id, name: `Purpose ${id}`, description: '', illustrations: [] }]),
);
/** A vendor list without vendors: strings can't be written without one. */
const VENDORS = {
  gvlSpecificationVersion: 3,
  vendorListVersion: 1,
  tcfPolicyVersion: 5,
  lastUpdated: '2026-01-01T00:00:00Z',
  purposes,
  specialPurposes: {},
  features: {},
  specialFeatures: {},
  dataCategories: {},
  stacks: {},
  vendors: {},
} as unknown as VendorList;

const stringOf = (consents: readonly number[]): string => {
  const model = new TCModel(new GVL(VENDORS));
  model.cmpId = 2;
  model.cmpVersion = 1;
  model.isServiceSpecific = true;
  model.purposeConsents.set([...consents]);
  // What visitors can object to is on for everybody who has not: it must count for nothing.
  model.purposeLegitimateInterests.set(PURPOSES.slice(1));
  return TCString.encode(model);
};

const api = new CmpApi(2, 1, true);
const kept = localStorage.getItem(KEPT_KEY);
// Nobody has chosen: the banner is shown.
if (kept === null) api.update(stringOf([]), true);
else api.update(kept, false);

Object.assign(window, {
  cmp: {
    choose: (consents: readonly number[]): void => {
      const encoded = stringOf(consents);
      localStorage.setItem(KEPT_KEY, encoded);
      // The banner comes up again before a choice is changed.
      api.update(encoded, true);
      api.update(encoded, false);
    },
  },
});
document.documentElement.dataset['started'] = '';
