/**
 * Checks the bytes of each protocol, as AWS's documentation and its other SDKs expect them: the
 * JavaScript SDK alone would also understand mistakes that it makes itself.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cloud, startCloud } from './cloud.ts';
import { home } from './sdk-clients.ts';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud({ start: new Date('2026-07-20T06:00:00.500Z') });
  cloud.estate.addCluster({ ...home, name: 'blue', version: '1.34' });
  cloud.estate.addSubnet({ ...home, zone: 'eu-west-1a' });
  cloud.ssm.put(home, { name: '/mine', value: 'a<b', type: 'String' });
});
afterAll(() => cloud.close());

const ask = async (
  service: string,
  request: { path?: string; target?: string; body?: string; type?: string },
) => {
  const { path = '/', target, body, type = 'application/x-amz-json-1.1' } = request;
  const scope = `AKIDANYONE/20260720/eu-west-1/${service}/aws4_request`;
  const answer = await fetch(`${cloud.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      'content-type': type,
      ...(target ? { 'x-amz-target': target } : {}),
    },
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
};
const form = 'application/x-www-form-urlencoded';

it('REST: the name of an error is in a header, times are seconds with a fraction', async () => {
  const refused = await ask('eks', { path: '/clusters/grey' });
  expect([refused.status, refused.headers.get('x-amzn-errortype')]).toEqual([
    404,
    'ResourceNotFoundException',
  ]);
  expect(JSON.parse(refused.body)).toEqual({
    clusterName: 'grey',
    message: 'No cluster found for name: grey.',
  });
  const found = await ask('eks', { path: '/clusters/blue' });
  expect(found.body).toContain('"createdAt":1784527200.5,');
  expect(found.headers.get('date')).toBe('Mon, 20 Jul 2026 06:00:00 GMT');
});

it('JSON 1.1: the bare name of an error, and 400', async () => {
  const refused = await ask('ssm', { target: 'AmazonSSM.GetParameter', body: '{"Name":"/none"}' });
  expect(refused.status).toBe(400);
  expect(JSON.parse(refused.body)).toEqual({
    __type: 'ParameterNotFound',
    message: 'Parameter /none not found.',
  });
});

it('JSON 1.0: the namespace before it, and the old code for those who spoke the query protocol', async () => {
  const body = '{"QueueName":"none"}';
  const refused = await ask('sqs', {
    target: 'AmazonSQS.GetQueueUrl',
    body,
    type: 'application/x-amz-json-1.0',
  });
  expect(JSON.parse(refused.body).__type).toBe('com.amazonaws.sqs#QueueDoesNotExist');
  expect(refused.headers.get('x-amzn-query-error')).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender');
});

it('query: a result within a response, errors with type and code', async () => {
  const told = await ask('sts', { body: 'Action=GetCallerIdentity&Version=2011-06-15', type: form });
  expect(told.body).toMatch(
    /<GetCallerIdentityResponse xmlns="https:\/\/sts.amazonaws.com\/doc\/2011-06-15\/"><GetCallerIdentityResult>.*<Account>111122223333<\/Account>/,
  );
  const refused = await ask('sns', { body: 'Action=Publish&TopicArn=arn%3Anone&Message=x', type: form });
  expect(refused.status).toBe(404);
  expect(refused.body).toContain(
    '<Error><Type>Sender</Type><Code>NotFound</Code><Message>Topic does not exist</Message>',
  );
});

it('EC2: lists of items, filters by number, errors in their own envelope', async () => {
  const filter = 'Filter.1.Name=availability-zone&Filter.1.Value.1=eu-west-1a';
  const found = await ask('ec2', { body: `Action=DescribeSubnets&${filter}`, type: form });
  expect(found.body).toMatch(
    /<subnetSet><item>.*<availabilityZone>eu-west-1a<\/availabilityZone>.*<\/item><\/subnetSet>/,
  );
  const body = 'Action=DescribeImages&ImageId.1=ami-00000000000000000';
  const refused = await ask('ec2', { body, type: form });
  expect(refused.status).toBe(400);
  expect(refused.body).toContain('<Response><Errors><Error><Code>InvalidAMIID.NotFound</Code><Message>');
});

it('refuses who does not say who calls, and services that it does not have', async () => {
  expect((await fetch(`${cloud.url}/`)).status).toBe(403);
  expect(await ask('iam', { body: 'Action=ListRoles', type: form })).toMatchObject({ status: 501 });
});
