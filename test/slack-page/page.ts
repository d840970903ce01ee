/**
 * Shows the simulated workspace as a page: channels, the messages of one, a thread beside them, who one is,
 * and what time it is there.
 *
 * Pure.
 */
import type { SlackMessage, SlackWorkspace } from '../cloud/services/slack-workspace.ts';
import { form, messageHtml, type Viewer, whisperHtml } from './message.ts';
import { escapeHtml } from './mrkdwn.ts';
import { style } from './style.ts';

export const address = ({ user, channel, thread }: Viewer): string =>
  `/?${new URLSearchParams({ user, channel, ...(thread && { thread }) })}`;

const link = (viewer: Viewer, label: string, kind: string): string =>
  `<a class="${kind}" href="${escapeHtml(address(viewer))}">${escapeHtml(label)}</a>`;

const spans = [
  ['5 minutes', 5],
  ['1 hour', 60],
  ['1 day', 24 * 60],
] as const;

const clock = (workspace: SlackWorkspace, viewer: Viewer): string => {
  const now = workspace.now().toISOString().slice(0, 16).replace('T', ' ');
  const waits = spans.map(([label, minutes]) =>
    form('/wait', { ...viewer, minutes: String(minutes) }, `<button class="plain">${label}</button>`),
  );
  return `<span>It is <time id="now">${now}</time> UTC. Let pass:</span>${waits.join('')}`;
};

const people = ({ users }: SlackWorkspace, viewer: Viewer): string =>
  [...users]
    .map(([user, name]) => link({ ...viewer, user }, name, user === viewer.user ? 'chosen' : ''))
    .join(' ');

const rootHtml = (workspace: SlackWorkspace, message: SlackMessage, viewer: Viewer): string => {
  const replies = workspace.thread(message.channel, message.ts).length - 1;
  const label = replies === 1 ? '1 reply' : `${replies} replies`;
  return messageHtml(
    message,
    viewer,
    replies > 0 ? link({ ...viewer, thread: message.ts }, label, 'replies') : '',
  );
};

const whispers = ({ ephemerals }: SlackWorkspace, { user, channel }: Viewer): string =>
  ephemerals
    .filter((one) => one.user === user && one.channel === channel)
    .map(({ text }) => whisperHtml(text))
    .join('');

export const pageHtml = (workspace: SlackWorkspace, viewer: Viewer): string => {
  const messages = workspace.messages(viewer.channel);
  const roots = messages.filter(({ thread_ts }) => thread_ts === undefined);
  const thread = viewer.thread ? workspace.thread(viewer.channel, viewer.thread) : [];
  const channels = workspace
    .channels()
    .map(({ id, name }) =>
      link({ ...viewer, channel: id, thread: '' }, `# ${name}`, id === viewer.channel ? 'chosen' : ''),
    );
  const said = whispers(workspace, viewer);
  const aside =
    thread.length > 0
      ? `<aside><h1>Thread ${link({ ...viewer, thread: '' }, 'Close', 'close')}</h1>${thread.map((one) => messageHtml(one, viewer)).join('')}${said}</aside>`
      : '';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Drydock in Slack, rehearsed</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${style}</style></head><body>
<header>${clock(workspace, viewer)}<span class="people">You are ${people(workspace, viewer)}</span></header>
<nav>${channels.join('')}</nav>
<main>${roots.map((one) => rootHtml(workspace, one, viewer)).join('')}${aside ? '' : said}</main>${aside}
</body></html>`;
};
