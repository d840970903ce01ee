/**
 * Makes clients of EKS, with the project's patience. A file for each service: a bundle has those it uses.
 *
 * Effect: none until a client is used.
 */
import { EKSClient } from '@aws-sdk/client-eks';
import { paced } from './paced.ts';
import type { ClientConfig } from './reach.ts';

export const eksClient = (config: ClientConfig) => paced('eks', new EKSClient(config));
