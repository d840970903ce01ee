/**
 * Lists the AWS services that the simulated cloud speaks for, by the name they are signed with.
 *
 * Knows that a service's name in a signature is not always its name in IAM and in the SDK
 * (`monitoring` is CloudWatch). DynamoDB is absent: a public package answers for it.
 *
 * Pure.
 */
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as ec2 from '@aws-sdk/client-ec2';
import * as eks from '@aws-sdk/client-eks';
import * as eventbridge from '@aws-sdk/client-eventbridge';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import { Wire } from './wire.ts';

const offline = { region: 'us-east-1', credentials: { accessKeyId: 'none', secretAccessKey: 'none' } };

/** From IAM's prefix of a service to its wire format. */
export const wires = {
  cloudwatch: new Wire(new cloudwatch.CloudWatchClient(offline), cloudwatch),
  ec2: new Wire(new ec2.EC2Client(offline), ec2),
  eks: new Wire(new eks.EKSClient(offline), eks),
  events: new Wire(new eventbridge.EventBridgeClient(offline), eventbridge),
  sns: new Wire(new sns.SNSClient(offline), sns),
  sqs: new Wire(new sqs.SQSClient(offline), sqs),
  ssm: new Wire(new ssm.SSMClient(offline), ssm),
  sts: new Wire(new sts.STSClient(offline), sts),
} as const;

export type WiredService = keyof typeof wires;

/** From the name in a signature to IAM's prefix, where they differ. */
export const signedAs: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };
