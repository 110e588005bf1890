// segmenter/profiles/topics.test.ts: what pages are about.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTopicReader, TOPIC_CHARS_MAX, TOPICS_A_PAGE_MAX, topicsOf } from './topics.ts';

describe('topics of a page', () => {
  it.each([
    { why: 'words of the path', page: '/garden/raised-beds/\n', topics: ['garden', 'raised', 'beds'] },
    {
      why: 'what both say first',
      page: '/blog/2026/tomatoes-care\nHow to care for tomatoes',
      topics: ['tomatoes', 'care'],
    },
    { why: 'no numbers', page: '/orders/12345/item-77b\n', topics: ['orders'] },
    {
      why: 'no site name behind the title',
      page: '/\nGreen tea from Japan | Corner Store Ltd',
      topics: ['green', 'japan'],
    },
    { why: 'Chinese', page: '/%E8%8C%B6/\n绿茶 的冲泡方法', topics: ['绿茶', '的冲泡方法'] },
    { why: 'bytes that are no letters', page: '/%ff/garden\n', topics: ['garden'] },
    { why: 'nothing', page: '\n', topics: [] },
  ])('are $why', ({ page, topics }) => expect(topicsOf(page)).toEqual(topics));

  it('are the same of plain letters as beside a sign that is none', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 120 }), (text) => {
        const path = text.replaceAll('\n', ' ');
        expect(topicsOf(`${path}\n`)).toEqual(topicsOf(`${path}…\n`));
      }),
    ));

  it('are few and short whatever a page says, and remembered as they were found', () => {
    const read = createTopicReader();
    const law = fc.property(fc.string({ unit: 'binary', maxLength: 150 }), (page) => {
      const topics = topicsOf(page);
      expect(topics.length).toBeLessThanOrEqual(TOPICS_A_PAGE_MAX);
      expect(new Set(topics).size).toBe(topics.length);
      for (const topic of topics) expect([...topic].length).toBeLessThanOrEqual(TOPIC_CHARS_MAX);
      expect([read(page), read(page)]).toEqual([topics, topics]);
    });
    fc.assert(law);
  });
});
