import { expect, it } from 'vitest';
import { fingerprint } from '../../functions/domain/finding.ts';
import type { FindingNote } from '../../functions/domain/finding-book.ts';
import { findingNewsOf } from '../../functions/domain/finding-news.ts';
import { findingsMessages } from '../../functions/slack/findings-message.ts';
import { offersMute, withoutMuted } from '../../functions/slack/mute-buttons.ts';
import { audience, finding, monday } from './factories.ts';

const rules = ['a', 'b'];
const messageFor = (is: FindingNote['is']) => {
  const untold = rules.map((rule) => ({ is, at: monday, firstSeenAt: monday, finding: finding({ rule }) }));
  const place = { region: 'eu-central-1', foundBy: 'audit-nodes' };
  const [news] = findingNewsOf([{ cluster: 'blue', revision: 1, known: [], untold }], place, monday);
  const [first] = news ? findingsMessages(news, audience) : [];
  if (!first) throw new Error('there is no message');
  return first.message;
};
const who = { by: 'anna <U1>', at: monday };
const mutedA = fingerprint(finding({ rule: 'a' }));

it('the buttons of the muted finding give way to who muted it; those of the others stay', () => {
  const message = messageFor('opened');
  const after = withoutMuted(message, mutedA, who);
  expect(after.blocks).toHaveLength(message.blocks.length);
  const changed = after.blocks.filter((block, i) => block !== message.blocks[i]);
  expect(JSON.stringify(changed)).toContain(':no_bell: Muted by anna &lt;U1&gt; ');
  expect(changed).toHaveLength(1);
  expect(offersMute(after)).toBe(true);
  expect(withoutMuted(after, mutedA, who)).toEqual(after);
  expect(offersMute(withoutMuted(after, fingerprint(finding({ rule: 'b' })), who))).toBe(false);
});

it('a message without such buttons stays as it is', () => {
  const message = messageFor('resolved');
  expect(offersMute(message)).toBe(false);
  expect(withoutMuted(message, mutedA, who)).toEqual(message);
});
