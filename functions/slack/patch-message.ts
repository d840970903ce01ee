/**
 * Writes the news of a patch job as Slack messages: one that is kept up to date, and replies for what a
 * person would want to be told: what failed, what was left, what must be answered, the end.
 *
 * Pure.
 */
import type { Listed } from '../domain/news.ts';
import type { PatchChange, PatchCounts, PatchingProgressed } from '../domain/patching/patch-news.ts';
import type { Message } from '../domain/ports.ts';
import { type Audience, byHand, shell } from './audience.ts';
import { context, header, section, toMessage } from './blocks.ts';
import { buttons, byHandBlock } from './button.ts';
import { counted } from './counts.ts';
import { code, cut, dated, escapeText, lines } from './mrkdwn.ts';

type Detail = PatchingProgressed['detail'];

const total = (nodes: PatchCounts): number => Object.values(nodes).reduce((sum, number) => sum + number, 0);

const countLine = (name: string, nodes: PatchCounts): string => {
  const parts = [
    `${nodes.patched} of ${total(nodes)} patched`,
    ...(nodes.underWay > 0 ? [`${nodes.underWay} under way`] : []),
    ...(nodes.failed > 0 ? [`${nodes.failed} failed`] : []),
    ...(nodes.left > 0 ? [`${nodes.left} left`] : []),
  ];
  return `${nodes.failed > 0 ? ':warning:' : '•'} ${name}: ${parts.join(', ')}`;
};

const stateLine = ({ state, sentence, waiting, nodes }: Detail): string => {
  const why = sentence ? ` ${escapeText(sentence)}` : '';
  if (state.is === 'asking') return `:raised_hand: *Asks for approval* until ${dated(state.until)}.`;
  if (state.is === 'stopping') return `:octagonal_sign: *Stopping.*${why}`;
  if (state.is === 'closed') {
    const mark = state.why || nodes.failed > 0 ? ':warning:' : ':white_check_mark:';
    return `${mark} *Ended* ${dated(state.at)}.${why}`;
  }
  const until = waiting?.until ? ` Until ${dated(waiting.until)}.` : '';
  return `:large_blue_circle: *Patching.*${waiting ? ` ${waiting.sentence}${until}` : ''}`;
};

/** The message at the head of a job's thread. */
export const patchMessage = (detail: Detail, { slack }: Audience): Message => {
  const { job, by, why, severity, reboot, openedAt, nodes, nodeGroups } = detail;
  const groups = nodeGroups.items.map((one) => countLine(code(`${one.cluster}/${one.nodeGroup}`), one.nodes));
  const what = `${severity === 'any' ? 'whatever is known of them' : `severity ${severity} and above`}, ${reboot ? 'with' : 'without'} reboots`;
  return toMessage(`Patching in place: ${nodes.patched} of ${total(nodes)} nodes`, [
    header('Patching in place'),
    section(stateLine(detail)),
    section(`${countLine('*All nodes*', nodes)}\n${lines(groups, { more: nodeGroups.more })}`),
    context(`${escapeText(by)}: ${escapeText(why)} · ${what} · opened ${dated(openedAt)} · ${code(job)}`),
    ...(detail.state.is === 'patching' ? buttons([{ command: 'cancel-patching', job }], slack.allow) : []),
  ]);
};

const changeLines = ({ items, more }: Listed<PatchChange>, is: PatchChange['is']): string[] => {
  const told = items.filter((change) => change.is === is);
  return told.length === 0
    ? []
    : [
        lines(
          told.map(({ instanceId, cluster, nodeGroup, sentence = '', message }) => {
            const words = message ? ` “${escapeText(cut(message, 200))}”` : '';
            return `• ${code(instanceId)} of ${code(`${cluster}/${nodeGroup}`)}: ${escapeText(sentence)}${words}`;
          }),
          { more },
        ),
      ];
};

const askBlocks = (detail: Detail, audience: Audience) => {
  const { job, nodes } = detail;
  const answers = [
    { command: 'approve-patching', job },
    { command: 'reject-patching', job },
  ] as const;
  return [
    section(`Shall ${counted(total(nodes), 'node')} be patched? *No answer means no.*`),
    ...buttons(answers, audience.slack.allow),
    byHandBlock(shell(answers.map((ask) => byHand(ask, audience)).join('\n'))),
  ];
};

/** `undefined` when the head of the thread says enough. */
export const patchReply = ({ detail }: PatchingProgressed, audience: Audience): Message | undefined => {
  const { state, changes, job, nodes, sequence } = detail;
  const failed = changeLines(changes, 'failed').map((list) => section(`:warning: *Failed*\n${list}`));
  const left = changeLines(changes, 'left').map((list) => section(`*Left as they are*\n${list}`));
  const cancel = byHand({ command: 'cancel-patching', job }, audience);
  const begins =
    state.is === 'patching' && sequence === 1
      ? [section(`${counted(total(nodes), 'node')} are to be patched. To end it:\n${shell(cancel)}`)]
      : [];
  const asks = state.is === 'asking' ? askBlocks(detail, audience) : begins;
  const ends = state.is === 'closed' || state.is === 'stopping' ? [section(stateLine(detail))] : [];
  const blocks = [...asks, ...ends, ...failed, ...left];
  return blocks.length === 0 ? undefined : toMessage(`Patching in place: ${state.is}`, blocks);
};
