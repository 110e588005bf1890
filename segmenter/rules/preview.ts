// segmenter/rules/preview.ts: how many visitors a rule and each of its conditions would have, without keeping it.
import type { Condition } from '../../contract/index.ts';
import type { Db, SiteRow } from '../../store/index.ts';
import { readVisitorModels } from '../../store/index.ts';
import { readyVisitorModels } from '../predictions/visitor-models.ts';
import { fulfils } from './evaluate.ts';
import { eachSampledPerson } from './sample.ts';

/** What a preview finds, exactly but for the sample. */
export interface RulePreview {
  /** Persons of the site, and those who fulfil each condition asked for, both scaled up to all. */
  readonly persons: number;
  readonly counts: readonly number[];
  /** One in so many visitors was looked at. */
  readonly sampledOneIn: number;
}

/** Counts who fulfils conditions by the profiles as they are now. Segments that a condition speaks of are those last judged. */
export async function previewRule(
  db: Db,
  site: SiteRow,
  conditions: readonly Condition[],
  asOf: number,
): Promise<RulePreview> {
  const counts = conditions.map(() => 0);
  const models = readyVisitorModels(await readVisitorModels(db, site));
  const { persons, oneIn } = await eachSampledPerson(db, site, asOf, (person, context) => {
    conditions.forEach((condition, nth) => {
      if (fulfils(condition, person, { ...context, models })) counts[nth] = (counts[nth] ?? 0) + 1;
    });
  });
  return { persons: persons * oneIn, counts: counts.map((count) => count * oneIn), sampledOneIn: oneIn };
}
