/**
 * Writes what belongs to no rollout's progress: releases that appear or are withdrawn, and what became of a
 * command.
 *
 * Pure.
 */
import type { CommandDone, ReleaseDetected, ReleaseWithdrawn } from '../domain/news.ts';
import type { Message } from '../domain/ports.ts';
import { minutesBetween } from '../domain/time.ts';
import { context, section, toMessage } from './blocks.ts';
import { code, dated, escapeText, lines } from './mrkdwn.ts';

/** What was published longer ago than this is no new release: Drydock sees it for the first time. */
const newForMinutes = 2 * 24 * 60;

const releaseTitle = ({ again, at, publishedAt, train }: ReleaseDetected['detail']) => {
  if (again) return { text: `Release no longer withdrawn: ${train}`, verb: 'is no longer withdrawn' };
  return minutesBetween(publishedAt, at) > newForMinutes
    ? { text: `Release in use: ${train}`, verb: 'is what is recommended now' }
    : { text: `New release: ${train}`, verb: 'is new' };
};

const eligible = ({ eligibleAt, at }: ReleaseDetected['detail']): string =>
  eligibleAt > at
    ? `Old enough to be rolled from ${dated(eligibleAt)} on.`
    : `Old enough to be rolled since ${dated(eligibleAt)}.`;

const detectedMessage = ({ detail }: ReleaseDetected): Message => {
  const releases = detail.releases.items.map(
    ({ source, releaseVersion, imageId }) => `• ${escapeText(source)}: ${code(releaseVersion ?? imageId)}`,
  );
  const { text, verb } = releaseTitle(detail);
  const published = `published ${dated(detail.publishedAt)}`;
  return toMessage(text, [
    section(
      `:package: *${escapeText(detail.train)}* ${verb} in ${escapeText(detail.region)}, ${published}. ${eligible(detail)}`,
    ),
    ...(releases.length > 0 ? [context(lines(releases, { more: detail.releases.more }))] : []),
  ]);
};

const withdrawnMessage = ({ detail }: ReleaseWithdrawn, hasRollout: boolean): Message => {
  const { train, region, sentence, sources } = detail;
  const follows = hasRollout
    ? 'No further group gets it; its rollout halts, if it is still open. Groups that have it keep it until the next release, unless you take them back: see the thread of its rollout.'
    : 'No rollout of it was opened here, and none will be.';
  return toMessage(`Release withdrawn: ${train}`, [
    section(
      `:rewind: *${escapeText(train)} was withdrawn* in ${escapeText(region)}. ${escapeText(sentence)} ${follows}`,
    ),
    context(lines(sources.map((source) => `• ${escapeText(source)}`))),
  ]);
};

const verdictOf = ({ dryRun, accepted }: CommandDone['detail']): string => {
  if (!accepted) return ':no_entry: Refused, nothing was changed:';
  return dryRun ? ':test_tube: A dry run, nothing was changed:' : ':white_check_mark: Done:';
};

const commandMessage = ({ detail }: CommandDone): Message => {
  const { command, by, why, says, rollout, accepted } = detail;
  const about = rollout ? ` (${code(rollout)})` : '';
  return toMessage(`${command} by ${by}${accepted ? '' : ': refused'}`, [
    section(`:bust_in_silhouette: *${escapeText(command)}*${about} by ${escapeText(by)}. ${escapeText(why)}`),
    section(`${verdictOf(detail)}\n${lines(says.map((sentence) => `• ${escapeText(sentence)}`))}`),
  ]);
};

export type StandaloneNews = ReleaseDetected | ReleaseWithdrawn | CommandDone;

/** `hasRollout`: of a release that was withdrawn, whether a rollout of it was ever told. */
export const standaloneMessage = (news: StandaloneNews, hasRollout = false): Message => {
  switch (news.type) {
    case 'AMI Release Detected':
      return detectedMessage(news);
    case 'AMI Release Withdrawn':
      return withdrawnMessage(news, hasRollout);
    case 'Command Done':
      return commandMessage(news);
  }
};
