// console/app/policy-words.ts: the fields of a policy, and how they are said.
import * as v from 'valibot';
import type { Text } from './words.ts';

const words = v.array(v.string());

/** A policy as the API answers and takes it. */
export const policySchema = v.object({
  preset: v.string(),
  unknown: v.picklist(['day', 'count', 'drop']),
  refused: v.picklist(['day', 'count', 'drop']),
  purposes: words,
  asks: words,
  channelData: v.boolean(),
  callingCode: v.string(),
  query: words,
  properties: v.picklist(['mask', 'reject', 'allow-list']),
  allowedProperties: words,
  titles: v.picklist(['mask', 'reject', 'allow-list']),
  allowedTitles: words,
});
/** One. */
export type Policy = v.InferOutput<typeof policySchema>;

/** Every field's name, in the order it is shown in. */
export const POLICY_FIELDS = {
  preset: ['Preset', '预设'],
  unknown: ['Visitors not asked yet', '尚未询问的访客'],
  refused: ['Visitors who refused', '拒绝的访客'],
  purposes: ['Purposes that may be relied on', '可依据的目的'],
  asks: ['Separate consents asked', '单独同意'],
  channelData: ['Referrer and campaign', '来源与活动参数'],
  callingCode: ['Country code of phone numbers', '手机号国家代码'],
  query: ['Query parameters kept', '保留的查询参数'],
  properties: ['Properties that look personal', '疑似个人的属性'],
  allowedProperties: ['Properties on the list', '属性白名单'],
  titles: ['Titles that look personal', '疑似个人的标题'],
  allowedTitles: ['Titles on the list', '标题白名单'],
} as const satisfies { readonly [F in keyof Policy]: Text };

/** The fields in order. */
export const POLICY_FIELD_NAMES = Object.keys(POLICY_FIELDS) as readonly (keyof Policy)[];

/** What a value of a field is called. */
export const POLICY_VALUES: Readonly<Record<string, Text>> = {
  day: ['kept with a key of that day', '以当日密钥保留'],
  count: ['counted without a key', '仅计数,无密钥'],
  drop: ['not kept', '不保留'],
  mask: ['masked', '遮蔽'],
  reject: ['event refused', '拒绝事件'],
  'allow-list': ['only what is on the list', '仅保留白名单'],
  true: ['kept', '保留'],
  false: ['not kept', '不保留'],
  '': ['none', '无'],
};

/** Fields that differ between two versions. */
export const policyDiff = (before: Policy, after: Policy): (keyof Policy)[] =>
  POLICY_FIELD_NAMES.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));

/** Whether nothing at all is kept under a policy: collection is paused. */
export const isPaused = ({ unknown, refused, purposes }: Policy): boolean =>
  unknown === 'drop' && refused === 'drop' && purposes.length === 0;
