// core/tracking-plan.test.ts: a plan is read with pointed problems, and an event is judged by it.
import { describe, expect, it } from 'vitest';
import type { TrackingPlan } from './tracking-plan.ts';
import { judgeEvent, parsePlan, PLAN_CHARS_MAX, PLAN_EVENTS_MAX, PLAN_VALUES_MAX } from './tracking-plan.ts';

const problemsOf = (plan: unknown) => {
  const parsed = parsePlan(typeof plan === 'string' ? plan : JSON.stringify(plan));
  return parsed.ok ? [] : parsed.error.map(({ pointer }) => pointer);
};
const eventsOf = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, nth) => [`event_${nth}`, {}]));
const withProperty = (property: unknown) => ({ events: { sign_up: { properties: { method: property } } } });

describe('D2: reading a tracking plan', () => {
  it.each([
    { why: 'no JSON', plan: '{', pointers: [''] },
    { why: 'a list', plan: [], pointers: [''] },
    { why: 'no events', plan: {}, pointers: ['/events'] },
    { why: 'a name it does not know', plan: { events: {}, unknowns: 'warn' }, pointers: ['/unknowns'] },
    { why: 'a mode there is not', plan: { events: {}, unknownEvents: 'drop' }, pointers: ['/unknownEvents'] },
    { why: 'a malformed event name', plan: { events: { 'Sign up/now': {} } }, pointers: ['/events/Sign up~1now'] },
    { why: 'an event that is a text', plan: { events: { a: 'b' } }, pointers: ['/events/a'] },
    { why: 'a property without a type', plan: withProperty({}), pointers: ['/events/sign_up/properties/method/type'] },
    {
      why: 'values of another type',
      plan: withProperty({ type: 'integer', values: [1, 1.5] }),
      pointers: ['/events/sign_up/properties/method/values/1'],
    },
    {
      why: 'no values',
      plan: withProperty({ type: 'string', values: [] }),
      pointers: ['/events/sign_up/properties/method/values'],
    },
    {
      why: 'too many values',
      plan: withProperty({ type: 'integer', values: Array.from({ length: PLAN_VALUES_MAX + 1 }, (_, nth) => nth) }),
      pointers: ['/events/sign_up/properties/method/values'],
    },
    {
      why: 'all problems together',
      plan: {
        unknownEvents: 1,
        events: { Bad: {}, ok: { properties: { a: { type: 'text' }, b: { type: 'string', required: 1 } } } },
      },
      pointers: ['/unknownEvents', '/events/Bad', '/events/ok/properties/a/type', '/events/ok/properties/b/required'],
    },
    { why: 'one event too many', plan: { events: eventsOf(PLAN_EVENTS_MAX + 1) }, pointers: ['/events'] },
    { why: 'as many as there may be', plan: { events: eventsOf(PLAN_EVENTS_MAX) }, pointers: [] },
    { why: 'a text too long', plan: ' '.repeat(PLAN_CHARS_MAX + 1), pointers: [''] },
  ])('tells $why', ({ plan, pointers }) => {
    expect(problemsOf(plan)).toEqual(pointers);
  });

  it('allows what is not said, but for properties of the wrong kind', () => {
    expect(parsePlan('{"events":{}}')).toEqual({
      ok: true,
      value: { unknownEvents: 'allow', unknownProperties: 'allow', mismatches: 'reject', events: {} },
    });
  });
});

const plan: TrackingPlan = {
  unknownEvents: 'reject',
  unknownProperties: 'warn',
  mismatches: 'reject',
  events: {
    sign_up: {
      properties: {
        method: { type: 'string', required: true, values: ['email', 'link'] },
        seats: { type: 'integer' },
        trial: { type: 'boolean' },
      },
    },
    ping: {},
  },
};
const found = (name: string, properties?: Record<string, string | number | boolean>) =>
  judgeEvent(plan, name, properties).map(
    ({ mode, reason, event, property }) => `${mode} ${reason} ${event}.${property}`,
  );

describe('D2: judging events by a plan', () => {
  it.each([
    { why: 'a sound event', name: 'sign_up', properties: { method: 'email', seats: 3, trial: false }, findings: [] },
    { why: 'one without properties', name: 'ping', properties: undefined, findings: [] },
    { why: 'an event of hushtag’s own', name: 'page_view', properties: { anything: 1 }, findings: [] },
    { why: 'an event of the tag’s own', name: 'file_download', properties: {}, findings: [] },
    { why: 'an unknown event', name: 'sign_in', properties: {}, findings: ['reject plan_unknown_event .'] },
    { why: 'a name of JavaScript', name: 'constructor', properties: {}, findings: ['reject plan_unknown_event .'] },
    {
      why: 'a missing property',
      name: 'sign_up',
      properties: {},
      findings: ['reject plan_missing_property sign_up.method'],
    },
    {
      why: 'wrong types and values',
      name: 'sign_up',
      properties: { method: 'fax', seats: 1.5, trial: 'yes' },
      findings: [
        'reject plan_wrong_value sign_up.method',
        'reject plan_wrong_type sign_up.seats',
        'reject plan_wrong_type sign_up.trial',
      ],
    },
    {
      why: 'unknown properties, once and unnamed',
      name: 'sign_up',
      properties: { method: 'email', a: 1, b: 2 },
      findings: ['warn plan_unknown_property sign_up.'],
    },
  ])('finds in $why: $findings', ({ name, properties, findings }) => {
    expect(found(name, properties)).toEqual(findings);
  });
});
