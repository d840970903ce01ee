import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { readSettings, text } from '../../functions/edge/settings.ts';

const entries = { TABLE_NAME: text, AWS_REGION: text, SLACK_API_URL: v.optional(text) };

it('reads what it is asked for, and nothing else', () => {
  const environment = { TABLE_NAME: 'drydock', AWS_REGION: 'eu-central-1', PATH: '/bin' };
  expect(readSettings(entries, environment)).toEqual({ TABLE_NAME: 'drydock', AWS_REGION: 'eu-central-1' });
  expect(readSettings(entries, { ...environment, SLACK_API_URL: 'http://x' }).SLACK_API_URL).toBe('http://x');
});

describe('names every setting that is wrong at once, and never a value', () => {
  const problemsOf = (environment: Record<string, string | undefined>) => {
    try {
      readSettings({ ...entries, TOKEN: v.pipe(v.string(), v.startsWith('xoxb-')) }, environment);
    } catch (error) {
      return (error as Error).message;
    }
    return 'none';
  };
  it.each([
    ['missing ones', {}, ['TABLE_NAME: is not set', 'AWS_REGION: is not set', 'TOKEN: is not set']],
    ['empty ones', { TABLE_NAME: '', AWS_REGION: 'x', TOKEN: 'xoxb-1' }, ['TABLE_NAME: is not as expected']],
    [
      'one that is missing and one that is wrong',
      { TABLE_NAME: 'x', TOKEN: 'secret-value' },
      ['AWS_REGION: is not set', 'TOKEN: is not as expected'],
    ],
  ])('%s', (_case, environment, problems) => {
    const message = problemsOf(environment);
    for (const problem of problems) expect(message).toContain(problem);
    expect(message.match(/: is not/g)).toHaveLength(problems.length);
    expect(message).not.toContain('secret-value');
    expect(message).toContain('serverless.yml');
  });
});
