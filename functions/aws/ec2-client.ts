/**
 * Makes clients of EC2, with the project's patience. A file for each service: a bundle has those it uses.
 *
 * Effect: none until a client is used.
 */
import { EC2Client } from '@aws-sdk/client-ec2';
import { paced } from './paced.ts';
import type { ClientConfig } from './reach.ts';

export const ec2Client = (config: ClientConfig) => paced('ec2', new EC2Client(config));
