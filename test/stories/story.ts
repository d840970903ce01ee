/**
 * Tells a story in a test: what `open-story.ts` opens is closed when the test is over. No call may have been
 * refused for want of a permission, and nothing that is kept or told may hold a secret.
 */
import { expect, onTestFinished } from 'vitest';
import { openStory, type Story } from './open-story.ts';
import { secretsTold } from './secrets-told.ts';

export { day, home, policyWith, type Story } from './open-story.ts';

export const tellStory = async (...about: Parameters<typeof openStory>): Promise<Story> => {
  const story = await openStory(...about);
  onTestFinished(async () => {
    const { denied } = story.cloud.permissions;
    const secrets = await secretsTold(story);
    await story.cloud.close();
    expect({ denied, secrets }).toEqual({ denied: [], secrets: [] });
  });
  return story;
};
