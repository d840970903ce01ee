import { describe, expect, it } from 'vitest';
import { commandDone } from '../../functions/domain/news.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import { type StandaloneNews, standaloneMessage } from '../../functions/slack/standalone.ts';
import { monday as now } from './factories.ts';
import { date, textOf } from './telling.ts';

const detected = (other: object = {}): StandaloneNews => ({
  type: 'AMI Release Detected',
  detail: {
    schema: 1,
    id: 'x',
    at: now,
    region: 'eu-central-1',
    train: 'al2023 v20260714',
    publishedAt: now,
    eligibleAt: now,
    releases: {
      items: [
        { source: 'AL2023_x86_64_STANDARD 1.34', imageId: 'ami-1', releaseVersion: '1.34.9-20260714' },
        { source: '/golden', imageId: 'ami-2' },
      ],
      more: 0,
    },
    ...other,
  },
});

describe('tells of releases', () => {
  it('what is new, where, when it will be old enough, for what', () => {
    const message = standaloneMessage(detected({ eligibleAt: minutesAfter(now, 1) }));
    expect(message.text).toBe('New release: al2023 v20260714');
    expect(textOf(message)).toContain(
      `:package: *al2023 v20260714* is new in eu-central-1, published ${date}. Old enough to be rolled from <!date`,
    );
    expect(textOf(message)).toContain('• AL2023_x86_64_STANDARD 1.34: `1.34.9-20260714`\n• /golden: `ami-2`');
  });

  const days = 24 * 60;
  it.each<[string, object, string, string]>([
    ['one of two days ago is new', { publishedAt: minutesAfter(now, -2 * days) }, 'New release:', 'is new'],
    [
      'one of longer ago is only seen for the first time',
      { publishedAt: minutesAfter(now, -2 * days - 1) },
      'Release in use:',
      'is what is recommended now',
    ],
    ['one that is back', { again: true }, 'Release no longer withdrawn:', 'is no longer withdrawn'],
    [
      'one that is old enough already says since when',
      {},
      'New release:',
      `Old enough to be rolled since ${date}.`,
    ],
  ])('%s', (_case, other, title, text) => {
    const message = standaloneMessage(detected(other));
    expect(message.text).toContain(title);
    expect(textOf(message)).toContain(text);
  });

  it.each<[string, boolean, RegExp]>([
    ['that was rolled: what follows for the groups', true, /Groups that have it keep it .* see the thread/],
    [
      'that was never rolled: that none will be',
      false,
      /No rollout of it was opened here, and none will be\./,
    ],
  ])('a withdrawal of one %s', (_case, hasRollout, text) => {
    const news: StandaloneNews = {
      type: 'AMI Release Withdrawn',
      detail: {
        schema: 1,
        id: 'x',
        at: now,
        region: 'eu-central-1',
        train: 'al2023 v20260714',
        sources: ['AL2023 1.34'],
        why: 'parameterWentBack',
        sentence: 'Because.',
      },
    };
    const message = standaloneMessage(news, hasRollout);
    expect(message.text).toBe('Release withdrawn: al2023 v20260714');
    expect(textOf(message)).toContain(':rewind: *al2023 v20260714 was withdrawn* in eu-central-1. Because.');
    expect(textOf(message)).toMatch(text);
    expect(textOf(message)).toContain('• AL2023 1.34');
  });
});

describe('tells of commands', () => {
  const done = (other: object) =>
    standaloneMessage(
      commandDone({
        id: 'c',
        at: now,
        command: { command: 'stop', by: 'anna <x>', why: 'Fire.', dryRun: false, ...other },
        outcome: { accepted: true, says: ['Nothing new starts.'], rollout: 'r-1', ...other },
        replyIn: undefined,
      }),
    );
  it.each<[string, object, string]>([
    [
      'what was done, by whom and why',
      {},
      ':bust_in_silhouette: *stop* (`r-1`) by anna &lt;x&gt;. Fire.\n\n:white_check_mark: Done:\n• Nothing new starts.',
    ],
    [
      'what was refused',
      { accepted: false, says: ['No.'] },
      ':no_entry: Refused, nothing was changed:\n• No.',
    ],
    ['what would have been done', { dryRun: true }, ':test_tube: A dry run, nothing was changed:'],
  ])('%s', (_case, other, text) => {
    expect(textOf(done(other))).toContain(text);
  });
});
