/**
 * Reads a secret from a SecureString when it is needed; it is never in the environment or a log.
 *
 * Reads SSM: GetParameter.
 */
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { during } from './errors.ts';
import { ssmClient } from './ssm-client.ts';

export const ssmSecret = (ssm: SSMClient, name: string) => (): Promise<string> =>
  during(`reading the secret ${name}`, async () => {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    if (!Parameter?.Value) throw new Error('the parameter has no value');
    return Parameter.Value;
  });

/** For what is loaded only when it is needed: makes its own client. */
export const secretIn = (parameter: string) => ({
  parameter,
  read: ssmSecret(ssmClient(), parameter),
});
