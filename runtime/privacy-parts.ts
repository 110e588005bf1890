// runtime/privacy-parts.ts: what every runtime gives the answering of privacy requests.
import type { Port } from '../edge/index.ts';
import {
  decodeState,
  explainProfile,
  PREDICTED_TRAITS,
  previewRule,
  SPREAD_TRAITS,
  spreadEverybody,
  spreadSegments,
  TRAITS,
  trendOf,
} from '../segmenter/index.ts';

/** What a profile says, which the segmenter knows. */
export const PRIVACY_PARTS: Pick<Port, 'explainProfile'> = { explainProfile };

/** What the API asks of the segmenter, which it may not import. */
export const SEGMENTER_PARTS: Pick<Port, 'traits' | 'previewRule' | 'explainSeries' | 'spread' | 'readProfile'> = {
  traits: [...TRAITS, ...PREDICTED_TRAITS].map(({ id, unit, description }) => ({ id, unit, description })),
  previewRule,
  readProfile: (text) => {
    const { agreed, names } = decodeState(text);
    return { purposes: agreed.purposes, names };
  },
  spread: { traits: SPREAD_TRAITS, everybody: spreadEverybody, segments: spreadSegments },
  explainSeries: (values, horizonDays) => {
    const trend = trendOf(values, { horizonDays, scale: values.some((value) => value < 0) ? 'linear' : 'log' });
    return trend.ok ? trend.value : undefined;
  },
};
