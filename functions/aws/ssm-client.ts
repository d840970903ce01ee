/**
 * Makes clients of Systems Manager, with the project's patience. A file for each service: a bundle has those it uses.
 *
 * Effect: none until a client is used.
 */
import { SSMClient } from '@aws-sdk/client-ssm';
import { paced } from './paced.ts';
import { onceOnly, patience } from './patience.ts';
import type { ClientConfig } from './reach.ts';

export const ssmClient = (config: ClientConfig = patience) => paced('ssm', new SSMClient(config));
/** For commands: they have no client token. */
export const ssmClientOnce = (config: ClientConfig) =>
  paced('ssm', new SSMClient({ ...config, ...onceOnly }));
