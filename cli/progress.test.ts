// cli/progress.test.ts
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { startProgress } from './progress.ts';

function output(isTTY: boolean) {
  const written: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      written.push(chunk.toString());
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns: 80 }), text: () => written.join('') };
}

describe('progress of a long step', () => {
  it('is a line each 20 % where nobody watches', () => {
    const { stream, text } = output(false);
    const progress = startProgress('Replaying', stream);
    for (let done = 0; done <= 50; done += 1) progress.update(done, 50);
    progress.finish('Replayed 50 events');
    expect(text()).toBe('Replaying\n… 20 %\n… 40 %\n… 60 %\n… 80 %\n… 100 %\nReplayed 50 events\n');
  });

  it.each([
    { why: 'just below a line', done: 19, lines: 'Step\n' },
    { why: 'exactly a line', done: 20, lines: 'Step\n… 20 %\n' },
    { why: 'past more than one line at once', done: 65, lines: 'Step\n… 60 %\n' },
    { why: 'more than all', done: 200, lines: 'Step\n… 100 %\n' },
  ])('says $lines for $done of 100: $why', ({ done, lines }) => {
    const { stream, text } = output(false);
    startProgress('Step', stream).update(done, 100);
    expect(text()).toBe(lines);
  });

  it('survives a step of nothing', () => {
    const { stream, text } = output(false);
    const progress = startProgress('Step', stream);
    progress.update(0, 0);
    progress.fail('Nothing to do');
    expect(text()).toBe('Step\nNothing to do\n');
  });

  it('is a bar on a terminal, which ends with its message', () => {
    const { stream, text } = output(true);
    const progress = startProgress('Replaying', stream);
    progress.update(1, 2);
    progress.update(1, 2);
    progress.finish('Replayed 2 events');
    expect(text()).toContain('Replayed 2 events');
  });
});
