/**
 * Makes clients of DynamoDB, with the project's patience. A file for each service: a bundle has those it uses.
 *
 * Effect: none until a client is used.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { patience } from './patience.ts';

export const dynamoDbClient = () => new DynamoDBClient(patience);
