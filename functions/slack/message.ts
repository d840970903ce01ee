/**
 * Writes Drydock's news as Slack messages: what happened, how far it is, what comes next, what a
 * person can do.
 *
 * A rollout has one message that is kept up to date, and replies for what a person would want to be
 * told: halts, failures, finished waves, the end. Starts and successes only move the counts.
 *
 * Pure.
 */
import type { KnownBlock } from '@slack/types';
import type { FindingsChanged } from '../domain/finding-news.ts';
import type { WaveForecast } from '../domain/forecast.ts';
import type {
  Change,
  CommandDone,
  Listed,
  News,
  Progress,
  ReleaseDetected,
  ReleaseWithdrawn,
  RolloutNews,
  WaveProgress,
} from '../domain/news.ts';
import type { Message } from '../domain/ports.ts';
import { haltReasons } from '../domain/rollout.ts';
import { code, cut, dated, escapeText, lines } from './mrkdwn.ts';

export const section = (text: string): KnownBlock => ({
  type: 'section',
  text: { type: 'mrkdwn', text: cut(text) },
});
export const context = (text: string): KnownBlock => ({
  type: 'context',
  elements: [{ type: 'mrkdwn', text: cut(text) }],
});
const header = (text: string): KnownBlock => ({
  type: 'header',
  text: { type: 'plain_text', text: cut(text, 150) },
});

/** The text is what notifications show; Slack reads it like mrkdwn. */
export const toMessage = (text: string, blocks: readonly KnownBlock[]): Message => ({
  text: escapeText(cut(text, 500)),
  blocks,
});

const sum = (groups: WaveProgress['groups'], ...states: (keyof WaveProgress['groups'])[]): number =>
  states.reduce((total, state) => total + (groups[state] ?? 0), 0);

const total = (groups: WaveProgress['groups']): number =>
  Object.values(groups).reduce((all, number) => all + number, 0);

const waveLine = ({ name, groups }: WaveProgress): string => {
  const parts = [
    `${sum(groups, 'done')} of ${total(groups)} done`,
    ...(sum(groups, 'updating', 'verifying') > 0
      ? [`${sum(groups, 'updating', 'verifying')} under way`]
      : []),
    ...(['failed', 'held', 'gone'] as const).flatMap((state) =>
      sum(groups, state) > 0 ? [`${sum(groups, state)} ${state}`] : [],
    ),
  ];
  const settled = sum(groups, 'done', 'failed', 'held', 'gone') === total(groups);
  const mark =
    sum(groups, 'failed') > 0
      ? ':warning:'
      : settled
        ? ':white_check_mark:'
        : sum(groups, 'updating', 'verifying') > 0
          ? ':arrows_counterclockwise:'
          : ':white_circle:';
  return `${mark} *${escapeText(name)}*: ${parts.join(', ')}`;
};

const stateLine = ({ state, waiting, overtakenBy, waves }: Progress): string => {
  if (state.is === 'closed') {
    const failed = waves.reduce((all, { groups }) => all + sum(groups, 'failed'), 0);
    const taken = overtakenBy ? ` What had not started moved over to ${code(overtakenBy)}.` : '';
    return failed > 0
      ? `:warning: *Finished* ${dated(state.at)}; ${failed} failed.${taken}`
      : `:white_check_mark: *Finished* ${dated(state.at)}.${taken}`;
  }
  if (state.is === 'halted')
    return `:octagonal_sign: *Halted* ${dated(state.at)}. ${haltReasons[state.why]} Nothing new starts.`;
  if (!waiting) return ':large_blue_circle: *Rolling.*';
  const until = waiting.until ? ` Until ${dated(waiting.until)}.` : '';
  const freeze = waiting.freeze ? ` (${escapeText(waiting.freeze)})` : '';
  return `:large_blue_circle: *Rolling*, wave *${escapeText(waiting.wave)}*. ${waiting.sentence}${freeze}${until}`;
};

/** The message at the head of a rollout's thread. */
export const rolloutMessage = (progress: Progress): Message => {
  const { train, openedAt, rollout, waves } = progress;
  const name = `Rollout ${train}`;
  return toMessage(`${name}: ${progress.state.is}`, [
    header(name),
    section(stateLine(progress)),
    section(lines(waves.map(waveLine)) || 'No groups.'),
    context(`Opened ${dated(openedAt)} · ${code(rollout)}`),
  ]);
};

const place = ({ target, cluster, nodeGroup }: Pick<Change, 'target' | 'cluster' | 'nodeGroup'>): string =>
  `${code(`${cluster}/${nodeGroup}`)} (${escapeText(target.region)})`;

const failureLine = (change: Change): string => {
  const nodes = change.resources?.length ? ` On ${change.resources.slice(0, 3).map(code).join(', ')}.` : '';
  const words = change.message ? ` EKS: “${escapeText(cut(change.message, 200))}”` : '';
  return `• ${place(change)}: ${code(change.code ?? 'Unknown')} ${escapeText(change.sentence ?? '')}${nodes}${words}`;
};

const changeLines = ({ items, more }: Listed<Change>, is: readonly Change['is'][]): string =>
  lines(
    items
      .filter((change) => is.includes(change.is))
      .map((change) => {
        if (change.is === 'failed') return failureLine(change);
        if (change.is === 'held')
          return `• ${place(change)} is left alone. ${escapeText(change.sentence ?? '')}`;
        if (change.is === 'retrying')
          return `• ${place(change)}: the update failed and is tried again later.`;
        if (change.is === 'gone') return `• ${place(change)} is gone.`;
        return `• ${place(change)} ${code(change.before ?? '')} → ${code(change.after ?? '')}`;
      }),
    more,
  );

const forecastLine = ({ wave, startsAt, endsAt, insideWindow, afterApproval }: WaveForecast): string => {
  const late = insideWindow ? '' : ' Its last updates may run past the window.';
  return `• *${escapeText(wave)}*: ${afterApproval ? 'once approved, from' : 'from'} ${dated(startsAt)} to ${dated(endsAt)}.${late}`;
};

const openedReply = ({ detail }: Extract<RolloutNews, { type: 'Rollout Opened' }>): Message => {
  const { groups, leftAlone, forecast } = detail;
  const number = groups.items.length + groups.more;
  const left = leftAlone.items.map(
    (one) => `• ${place(one)}: ${escapeText(one.sentence)}${one.until ? ` Until ${dated(one.until)}.` : ''}`,
  );
  return toMessage(`${number} ${number === 1 ? 'group' : 'groups'} will move to ${detail.train}`, [
    section(`*What will move*\n${changeLines(groups, ['joined'])}`),
    ...(forecast.waves.length > 0
      ? [section(`*When, probably*\n${lines(forecast.waves.map(forecastLine))}`)]
      : []),
    ...(left.length > 0 ? [section(`*What is left alone*\n${lines(left, leftAlone.more)}`)] : []),
  ]);
};

const progressReply = ({
  detail,
}: Extract<RolloutNews, { type: 'Rollout Progressed' }>): Message | undefined => {
  const { changes, waveDone, train } = detail;
  const worth = changeLines({ ...changes, more: 0 }, ['failed', 'retrying', 'held', 'gone']);
  const joined = changeLines({ ...changes, more: 0 }, ['joined', 'movedOver']);
  const title = changes.items.some(({ is }) => is === 'movedOver') ? 'Moved over to a newer train' : 'Joined';
  const done = waveDone ? `:white_check_mark: Wave *${escapeText(waveDone)}* is done.` : '';
  const texts = [done, worth, joined && `*${title}*\n${joined}`].filter((text) => text !== '');
  return texts.length === 0
    ? undefined
    : toMessage(`${train}: ${waveDone ? `wave ${waveDone} is done` : 'news'}`, texts.map(section));
};

const approvalReply = ({ detail }: Extract<RolloutNews, { type: 'Approval Requested' }>): Message =>
  toMessage(`${detail.train}: wave ${detail.wave} asks for approval`, [
    section(
      `:raised_hand: *Wave ${escapeText(detail.wave)} asks for approval*, until ${dated(detail.until)}; no answer means no.\n${changeLines(detail.groups, ['joined'])}`,
    ),
  ]);

const haltedReply = ({ detail }: Extract<RolloutNews, { type: 'Rollout Halted' }>): Message =>
  toMessage(`Rollout ${detail.train} halted: ${detail.sentence}`, [
    section(`:octagonal_sign: *Halted.* ${detail.sentence}\n${changeLines(detail.changes, ['failed'])}`),
    section(
      '*What Drydock does:* it starts nothing more of this train; updates under way finish. Groups that have not started move over to the next release.\n*What you can do:* look at the groups above. To keep this release from ever being rolled again, add it to `releases.deny` in the policy.',
    ),
  ]);

const completedReply = ({ detail }: Extract<RolloutNews, { type: 'Rollout Completed' }>): Message =>
  toMessage(`Rollout ${detail.train} is finished`, [
    section(`:checkered_flag: *${escapeText(detail.train)} is rolled out.*`),
    ...(detail.leftBehind.items.length > 0
      ? [section(`*Left behind*\n${changeLines(detail.leftBehind, ['failed', 'held'])}`)]
      : []),
  ]);

/** What goes into the thread; `undefined` when keeping the first message up to date says enough. */
export const rolloutReply = (news: RolloutNews): Message | undefined => {
  if (news.type === 'Rollout Opened') return openedReply(news);
  if (news.type === 'Approval Requested') return approvalReply(news);
  if (news.type === 'Rollout Halted') return haltedReply(news);
  if (news.type === 'Rollout Completed') return completedReply(news);
  return progressReply(news);
};

const detectedMessage = ({ detail }: ReleaseDetected): Message => {
  const releases = detail.releases.items.map(
    ({ source, releaseVersion, imageId }) => `• ${escapeText(source)}: ${code(releaseVersion ?? imageId)}`,
  );
  const what = detail.again ? 'Release no longer withdrawn' : 'New release';
  return toMessage(`${what}: ${detail.train}`, [
    section(
      `:package: *${what} ${escapeText(detail.train)}* in ${escapeText(detail.region)}. Old enough to be rolled ${dated(detail.eligibleAt)}.`,
    ),
    ...(releases.length > 0 ? [context(lines(releases, detail.releases.more))] : []),
  ]);
};

const withdrawnMessage = ({ detail }: ReleaseWithdrawn): Message =>
  toMessage(`Release withdrawn: ${detail.train}`, [
    section(
      `:rewind: *${escapeText(detail.train)} was withdrawn* in ${escapeText(detail.region)}. ${escapeText(detail.sentence)} It is not rolled any further.`,
    ),
    context(lines(detail.sources.map((source) => `• ${escapeText(source)}`))),
  ]);

const commandMessage = ({ detail }: CommandDone): Message =>
  toMessage(`${detail.command} by ${detail.by}`, [
    section(
      `:bust_in_silhouette: ${code(detail.command)} by ${escapeText(detail.by)}: ${escapeText(detail.why)}\n${lines(detail.says.map((sentence) => `• ${escapeText(sentence)}`))}`,
    ),
  ]);

export type StandaloneNews = Exclude<News, RolloutNews | FindingsChanged>;

/** News that is of no rollout: a message of its own. Findings have a file of theirs. */
export const standaloneMessage = (news: StandaloneNews): Message => {
  if (news.type === 'Command Done') return commandMessage(news);
  return news.type === 'AMI Release Detected' ? detectedMessage(news) : withdrawnMessage(news);
};
