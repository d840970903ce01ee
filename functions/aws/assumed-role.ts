/**
 * Gives the credentials of a role in another account or region, with as much patience as any other call.
 *
 * Changes STS: AssumeRole.
 */
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { patience } from './patience.ts';

type Role = { readonly RoleArn: string; readonly RoleSessionName: string; readonly ExternalId?: string };

/** `region`: where STS is asked. */
export const assumedRole = (params: Role, region: string) =>
  fromTemporaryCredentials({ params, clientConfig: { ...patience, region } });
