/** Which commands nobody but the asker has to hear of. */
import { expect, it } from 'vitest';
import { commandNames, onlyLooks } from '../../functions/domain/command.ts';

it('explain and slack-test only look; every other command may change something', () => {
  const looking = commandNames.filter((command) => onlyLooks({ command, dryRun: false }));
  expect(looking).toEqual(['slack-test', 'explain']);
});

it.each(commandNames)('a dry run of %s only looks', (command) => {
  expect(onlyLooks({ command, dryRun: true })).toBe(true);
});
