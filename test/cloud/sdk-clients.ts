/**
 * Makes the SDK's real clients for a simulated cloud (its endpoint, any credentials, one attempt), and
 * reads their refusals.
 *
 * Pure.
 */
import type { Cloud } from './cloud.ts';

export const home = { account: '111122223333', region: 'eu-west-1' } as const;

type Settings = {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts: number;
};

export const clientOf = <C>(
  Client: new (settings: Settings) => C,
  cloud: Pick<Cloud, 'url'>,
  { accessKeyId = 'AKIDANYONE', region = home.region as string, maxAttempts = 1 } = {},
): C =>
  new Client({
    region,
    endpoint: cloud.url,
    credentials: { accessKeyId, secretAccessKey: 'any' },
    maxAttempts,
  });

/** The error's name and status; `no refusal` when the call went well. */
export const refusalOf = (call: Promise<unknown>) =>
  call.then(
    () => 'no refusal',
    (error: Error & { $metadata?: { httpStatusCode?: number } }) => ({
      name: error.name,
      status: error.$metadata?.httpStatusCode,
    }),
  );
