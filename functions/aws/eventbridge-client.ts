/**
 * Makes clients of EventBridge, with the project's patience. A file for each service: a bundle has those it uses.
 *
 * Effect: none until a client is used.
 */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { patience } from './patience.ts';

export const eventBridgeClient = () => new EventBridgeClient(patience);
