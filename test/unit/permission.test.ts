import { expect, it } from 'vitest';
import type { CommandName } from '../../functions/domain/command.ts';
import { type Allow, groupsNamed, isOffered, judgePermission } from '../../functions/domain/permission.ts';

const allowed = { is: 'allowed' };
const refused = { is: 'refused' };

it.each<[string, Allow, CommandName, object, boolean]>([
  ['nobody named: nobody may', {}, 'stop', refused, false],
  ['an empty list: nobody may', { stop: [] }, 'stop', refused, false],
  ['named for the command', { stop: ['U0BOB', 'U0ALICE'] }, 'stop', allowed, true],
  ['named for another command', { approve: ['U0ALICE'] }, 'stop', refused, false],
  ['named for all', { all: ['U0ALICE'] }, 'stop', allowed, true],
  ['named for all, others for the command', { all: ['U0ALICE'], stop: ['U0BOB'] }, 'stop', allowed, true],
  ['somebody else named', { stop: ['U0BOB'] }, 'stop', refused, true],
  ['an id that only begins alike', { stop: ['U0ALICE2'] }, 'stop', refused, true],
  ['everybody', { stop: ['*'] }, 'stop', allowed, true],
  ['a group', { stop: ['S0ONCALL'] }, 'stop', { is: 'members of', groups: ['S0ONCALL'] }, true],
  [
    'groups for all and for the command, each once',
    { all: ['S0PLATFORM', 'S0ONCALL'], stop: ['S0ONCALL', 'U0BOB'] },
    'stop',
    { is: 'members of', groups: ['S0PLATFORM', 'S0ONCALL'] },
    true,
  ],
  ['a group and the person', { all: ['S0PLATFORM'], stop: ['U0ALICE'] }, 'stop', allowed, true],
  ['an explanation, whoever is named', {}, 'explain', allowed, true],
  ['what no button asks for', { all: ['*'] }, 'roll-now', refused, false],
  ['a hold, which no button asks for', { all: ['U0ALICE'] }, 'hold', refused, false],
])('%s', (_case, allow, command, permission, offered) => {
  expect(judgePermission(allow, command, 'U0ALICE')).toEqual(permission);
  expect(isOffered(allow, command)).toBe(offered);
});

it('names every user group of the policy once', () => {
  expect(groupsNamed({ all: ['S0A', 'U0X', '*'], stop: ['S0B', 'S0A'] })).toEqual(['S0A', 'S0B']);
  expect(groupsNamed({ all: ['U0X'] })).toEqual([]);
});
