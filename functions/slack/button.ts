/**
 * Makes the buttons below a message: each asks for one command.
 *
 * Knows what each is called, how it looks, and which ask "are you sure?" before they change anything. What
 * a button carries is read back in `press.ts`: the command without who asks.
 *
 * Pure.
 */
import type { ActionsBlock, Button, ConfirmationDialog, SectionBlock } from '@slack/types';
import type { Command } from '../domain/command.ts';
import { type Allow, isOffered } from '../domain/permission.ts';
import { cut } from './mrkdwn.ts';

type Without<C, Key extends PropertyKey> = C extends unknown ? Omit<C, Key> : never;

type MuteAsk = { readonly command: 'mute'; readonly finding: string; readonly forDays: number };

/** A command without who asks and why; a mute counts its days from when the button is pressed. */
export type Ask = Without<Exclude<Command, { readonly command: 'mute' }>, 'by' | 'why' | 'dryRun'> | MuteAsk;

type Look = {
  readonly label: string;
  readonly style?: 'primary' | 'danger';
  /** What the dialog asks and what follows; absent where nothing is changed. */
  readonly confirm?: { readonly title: string; readonly text: string };
};

const lookOf = (ask: Ask): Look | undefined => {
  switch (ask.command) {
    case 'approve':
      return {
        label: 'Approve',
        style: 'primary',
        confirm: {
          title: 'Let the wave begin?',
          text: `The groups of wave ${ask.wave} start in their next open window.`,
        },
      };
    case 'reject':
      return {
        label: 'Reject',
        style: 'danger',
        confirm: { title: 'Reject the wave?', text: 'The rollout halts; nothing more of it starts.' },
      };
    case 'stop':
      return {
        label: 'Stop',
        style: 'danger',
        confirm: {
          title: 'Stop this rollout?',
          text: 'Nothing new of it starts. Updates under way finish, as EKS cannot cancel them.',
        },
      };
    case 'resume':
      return {
        label: ask.retryFailed ? 'Resume, try failed again' : 'Resume',
        style: 'primary',
        confirm: {
          title: 'Go on?',
          text: ask.retryFailed
            ? 'The rollout goes on where it halted, and failed groups are tried once more.'
            : 'The rollout goes on where it halted. Failed groups stay as they are.',
        },
      };
    case 'roll-back':
      return {
        label: 'Roll back',
        style: 'danger',
        confirm: {
          title: 'Take the groups back?',
          text: 'Groups that got this release go back to what they ran before, wave by wave. Their nodes are replaced once more.',
        },
      };
    case 'approve-patching':
      return {
        label: 'Approve',
        style: 'primary',
        confirm: {
          title: 'Patch these nodes?',
          text: 'The job begins at the next tick, within five minutes.',
        },
      };
    case 'reject-patching':
      return {
        label: 'Reject',
        style: 'danger',
        confirm: { title: 'Reject the job?', text: 'No node is patched.' },
      };
    case 'cancel-patching':
      return {
        label: 'Cancel',
        style: 'danger',
        confirm: {
          title: 'End the job?',
          text: 'Nothing new begins; what runs on nodes is cancelled. What is patched stays so.',
        },
      };
    case 'mute':
      return {
        label: `Mute for ${ask.forDays} days`,
        confirm: {
          title: 'Say no more of it?',
          text: 'It is still looked for and counted; if it is there after these days it is told again.',
        },
      };
    case 'explain':
      return { label: 'Why?' };
    default:
      return undefined;
  }
};

const plain = (text: string, longest: number) => ({ type: 'plain_text', text: cut(text, longest) }) as const;

const dialog = (look: Look): ConfirmationDialog | undefined =>
  look.confirm && {
    title: plain(look.confirm.title, 100),
    text: plain(look.confirm.text, 300),
    confirm: plain(look.label, 30),
    deny: plain('Cancel', 30),
    ...(look.style && { style: look.style }),
  };

const idOf = (ask: Ask): string => {
  if (ask.command === 'mute') return `drydock-mute-${ask.forDays}`;
  return ask.command === 'resume' && ask.retryFailed ? 'drydock-resume-retry' : `drydock-${ask.command}`;
};

const button = (ask: Ask): readonly Button[] => {
  const look = lookOf(ask);
  if (!look) return [];
  const confirm = dialog(look);
  return [
    {
      type: 'button',
      text: plain(look.label, 75),
      action_id: idOf(ask),
      value: JSON.stringify({ ask }),
      ...(look.style && { style: look.style }),
      ...(confirm && { confirm }),
    },
  ];
};

const offer = 'offer';

/** The commands of the buttons, for a shell. */
export const byHandBlock = (commands: string): SectionBlock => ({
  type: 'section',
  block_id: `${offer}-by-hand`,
  text: { type: 'mrkdwn', text: `By hand:\n${commands}` },
});

/** Whether the block offers what applies only for a while. */
export const isOffer = (block: object): boolean =>
  'block_id' in block && String(block.block_id).startsWith(offer);

/**
 * A row of buttons for what somebody may ask for in the chat; none when nobody may. `row` tells several rows of
 * one message apart.
 */
export const buttons = (asks: readonly Ask[], allow: Allow, row = 'buttons'): readonly ActionsBlock[] => {
  const offered = asks.filter(({ command }) => isOffered(allow, command));
  const elements = offered.flatMap(button);
  return elements.length > 0 ? [{ type: 'actions', block_id: `${offer}-${row}`, elements }] : [];
};
