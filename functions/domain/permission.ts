/**
 * Decides whether a person in the chat may ask for a command.
 *
 * Knows what a button can ask for, that who is not named may change nothing, and that everybody may ask for an
 * explanation, which changes nothing. The policy names people and groups by the chat's ids, for one
 * command or for all; `*` is whoever sees the button. Commands by hand are none of its business: IAM
 * judges those.
 *
 * Pure.
 */
import type { CommandName } from './command.ts';

/** What a button can ask for and the policy may allow. */
export const allowable = [
  'approve',
  'reject',
  'stop',
  'resume',
  'roll-back',
  'approve-patching',
  'reject-patching',
  'cancel-patching',
  'mute',
] as const;
type Allowable = (typeof allowable)[number];

/** By command, or `all`: ids of people (U…, W…) and of user groups (S…), or `*`. */
export type Allow = Readonly<Partial<Record<Allowable | 'all', readonly string[]>>>;

const isAllowable = (command: CommandName): command is Allowable =>
  (allowable as readonly string[]).includes(command);

const named = (allow: Allow, command: Allowable): readonly string[] => [
  ...(allow.all ?? []),
  ...(allow[command] ?? []),
];

const isGroup = (id: string): boolean => id.startsWith('S');

export type Permission =
  | { readonly is: 'allowed' }
  | { readonly is: 'refused' }
  /** Allowed if the person is in one of these. */
  | { readonly is: 'members of'; readonly groups: readonly string[] };

export const judgePermission = (allow: Allow, command: CommandName, person: string): Permission => {
  if (command === 'explain') return { is: 'allowed' };
  if (!isAllowable(command)) return { is: 'refused' };
  const who = named(allow, command);
  if (who.includes('*') || who.includes(person)) return { is: 'allowed' };
  const groups = [...new Set(who.filter(isGroup))];
  return groups.length > 0 ? { is: 'members of', groups } : { is: 'refused' };
};

/** Whether anybody may ask for it in the chat: otherwise it is not offered there. */
export const isOffered = (allow: Allow, command: CommandName): boolean =>
  command === 'explain' || (isAllowable(command) && named(allow, command).length > 0);

/** Ids of the user groups that the policy names: only then does anybody ask the chat who is in them. */
export const groupsNamed = (allow: Allow): readonly string[] => [
  ...new Set(Object.values(allow).flat().filter(isGroup)),
];
