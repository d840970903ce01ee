/**
 * Reads who is in a user group of Slack.
 *
 * Reads Slack: usergroups.users.list, which needs the scope usergroups:read.
 */
import { WebClient } from '@slack/web-api';
import type { UserGroups } from '../domain/ports.ts';

type Options = { readonly token: () => Promise<string>; readonly apiUrl: string | undefined };

/** Who presses a button waits for this. */
const patienceMs = 1_500;

export const slackUserGroups = ({ token, apiUrl }: Options): UserGroups => ({
  members: async (group) => {
    const client = new WebClient(await token(), {
      ...(apiUrl !== undefined && { slackApiUrl: apiUrl }),
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: patienceMs,
    });
    const { users } = await client.usergroups.users.list({ usergroup: group });
    if (!users) throw new Error(`Slack named no members of ${group}`);
    return users;
  },
});
