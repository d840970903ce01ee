/**
 * Answers for STS: who am I, and roles in other accounts.
 *
 * Knows that only a role that was made known can be assumed, by whom it trusts, that its session has an access key of its
 * own which leads to the role's account, and that the session name has 2 to 64 characters.
 */
import type * as Sts from '@aws-sdk/client-sts';
import type { Clock } from '../clock.ts';
import type { Identities } from '../identities.ts';
import { type Operations, Refusal } from '../service.ts';

export const stsService = (identities: Identities, clock: Clock): Operations<typeof Sts> => ({
  GetCallerIdentity: (_input, { accessKeyId = '' }) => {
    const { account, arn } = identities.of(accessKeyId);
    return { Account: account, Arn: arn, UserId: accessKeyId };
  },
  AssumeRole: async (input, { accessKeyId = '' }) => {
    const { RoleArn: roleArn = '', RoleSessionName: session = '', DurationSeconds: seconds = 3600 } = input;
    const { ExternalId: externalId } = input;
    if (!/^[\w+=,.@-]{2,64}$/.test(session)) {
      throw new Refusal(
        'ValidationError',
        `1 validation error detected: Value '${session}' at 'roleSessionName' failed to satisfy constraint`,
      );
    }
    if (!(await identities.mayAssume(roleArn, { accessKeyId, ...(externalId && { externalId }) }))) {
      const { arn } = identities.of(accessKeyId);
      const message = `User: ${arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
      throw new Refusal('AccessDenied', message, { status: 403 });
    }
    const key = identities.keyFor(roleArn, session, accessKeyId);
    return {
      AssumedRoleUser: { Arn: key.arn, AssumedRoleId: `AROASIMULATED:${session}` },
      Credentials: {
        AccessKeyId: key.accessKeyId,
        SecretAccessKey: 'simulated',
        SessionToken: 'simulated',
        Expiration: new Date(clock.now().getTime() + seconds * 1000),
      },
    };
  },
});
