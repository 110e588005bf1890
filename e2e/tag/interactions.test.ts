// e2e/tag/interactions.test.ts
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { track, useStage } from './use-stage.ts';

const stage = useStage();

/** Puts markup into the page and clicks on what has the id `it`; what the browser would do then is called off. */
const clickOn = async (page: Page, markup: string): Promise<void> =>
  page.evaluate((html) => {
    document.body.innerHTML = html;
    addEventListener('submit', (event) => event.preventDefault());
    document.querySelector('a')?.addEventListener('click', (event) => event.preventDefault());
    document.getElementById('it')?.click();
  }, markup);

describe('what visitors do besides looking, without what they type', () => {
  it.each([
    { why: 'a link elsewhere', markup: '<a href="https://maker.example/tea?mail=me@b.example#x"><b id="it">Maker</b></a>', name: 'click', p: ['https://maker.example/tea'] },
    { why: 'a file', markup: '<a id="it" href="https://files.example/menu.PDF?token=1">Menu</a>', name: 'file_download', p: ['https://files.example/menu.PDF'] },
    { why: 'a form', markup: '<form id="newsletter" action="/subscribe?x=1"><input name="id" value="me@b.example"><button id="it">Go</button></form>', name: 'form_submit', p: ['newsletter'] },
  ])('tells of $why', async ({ markup, name, p }) => {
    const page = await stage.open('/');
    await stage.arrived('page_view');
    await clickOn(page, markup);
    const [event] = await stage.arrived(name);
    expect(event?.p).toEqual(p);
    expect(JSON.stringify(stage.arrivals)).not.toContain('b.example');
  }); // biome-ignore format: a table

  it.each([
    { why: 'a link within the site', markup: '<a id="it" href="/tea">Tea</a>' },
    { why: 'a page with an extension', markup: '<a id="it" href="/tea.html">Tea</a>' },
    { why: 'an address to write to', markup: '<a id="it" href="mailto:me@b.example">Write</a>' },
    { why: 'a script', markup: '<a id="it" href="javascript:void 0">Run</a>' },
    { why: 'what is no link', markup: '<button id="it">Nothing</button>' },
  ])('tells nothing of $why', async ({ markup }) => {
    const page = await stage.open('/');
    await stage.arrived('page_view');
    await clickOn(page, markup);
    await track(page, 'after');
    await stage.arrived('after');
    expect(stage.events().map(({ n }) => n)).toEqual(['page_view', 'after']);
  }); // biome-ignore format: a table

  it('delays no navigation, and delivers as the page goes', async () => {
    const page = await stage.open('/');
    await stage.arrived('page_view');
    await page.evaluate((elsewhere) => {
      document.body.innerHTML = `<a id="it" href="${elsewhere}/page">Away</a>`;
      document.getElementById('it')?.click();
    }, stage.collector);
    await stage.arrived('click');
    await page.waitForURL(`${stage.collector}/page`);
  });

  it('leaves all that to Full', async () => {
    stage.serve('/', { script: 'tag.js' });
    const page = await stage.open('/');
    await stage.arrived('page_view');
    await clickOn(page, '<a id="it" href="https://maker.example/">Maker</a>');
    await track(page, 'after');
    await stage.arrived('after');
    expect(stage.events().map(({ n }) => n)).toEqual(['page_view', 'after']);
    expect(stage.arrivals.at(-1)?.message).not.toHaveProperty('i');
  });
});
