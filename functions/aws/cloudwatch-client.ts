/**
 * Makes clients of CloudWatch, with the project's patience. A file for each service: a bundle has those it uses.
 *
 * Effect: none until a client is used.
 */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { paced } from './paced.ts';
import { patience } from './patience.ts';

export const cloudWatchClient = () => paced('cloudwatch', new CloudWatchClient(patience));
