/**
 * Runs the simulated cloud alone, with a small estate, for a look around with the AWS CLI.
 *
 * `npm run cloud -- --port 4566 --start 2026-06-01 --speed 60`: time goes on by itself, `speed`
 * simulated seconds to a second. Releases come on their real dates.
 *
 * Effect: listens on 127.0.0.1 and writes to standard output until it is interrupted.
 */
import { parseArgs } from 'node:util';
import { type Cloud, startCloud } from './cloud.ts';
import { homeAccount } from './identities.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4566' },
    start: { type: 'string', default: '2026-06-01' },
    speed: { type: 'string', default: '60' },
  },
});

const place = { account: homeAccount, region: 'eu-west-1' };
const yearMs = 366 * 24 * 3_600_000;

const furnish = ({ clock, shelf, estate, ssm, topics, alarms, slack, queues }: Cloud): void => {
  const to = new Date(clock.now().getTime() + yearMs);
  shelf.scheduleOnto(clock, [place.region, 'us-east-1'], { from: clock.now(), to });
  estate.addCluster({ ...place, name: 'blue', version: '1.34' });
  estate.addNodeGroup({ cluster: 'blue', name: 'general', releaseVersion: '1.34.6-20260409' });
  estate.addNodeGroup({
    cluster: 'blue',
    name: 'edge',
    amiType: 'BOTTLEROCKET_ARM_64',
    instanceTypes: ['m7g.large'],
  });
  estate.addCluster({ ...place, name: 'green', version: '1.33' });
  estate.addNodeGroup({ cluster: 'green', name: 'windows', amiType: 'WINDOWS_CORE_2022_x86_64' });
  ssm.put(place, { name: '/golden/eks-node', value: 'ami-0123456789abcdef0', type: 'String' });
  topics.create(`arn:aws:sns:${place.region}:${place.account}:news`);
  queues.create(place, 'news.fifo', { ContentBasedDeduplication: 'true' });
  alarms.set(place, 'blue-errors', 'OK');
  slack.addChannel({ id: 'C0PLATFORM', name: 'platform' });
};

const letTimePass = ({ clock }: Cloud, speed: number): void => {
  const second = async () => {
    await clock.advanceTo(new Date(clock.now().getTime() + speed * 1000));
    setTimeout(second, 1000);
  };
  setTimeout(second, 1000);
};

const cloud = await startCloud({ start: new Date(values.start), port: Number(values.port) });
furnish(cloud);
letTimePass(cloud, Number(values.speed));

console.log(`The simulated cloud listens on ${cloud.url}; it is ${cloud.clock.now().toISOString()} there.

  export AWS_ENDPOINT_URL=${cloud.url} AWS_REGION=${place.region} AWS_DEFAULT_REGION=${place.region}
  export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any

  aws eks describe-nodegroup --cluster-name blue --nodegroup-name general
  aws eks update-nodegroup-version --cluster-name blue --nodegroup-name general --kubernetes-version 1.34
  aws ssm get-parameters-by-path --recursive --path \\
    /aws/service/eks/optimized-ami/1.34/amazon-linux-2023/x86_64/standard/recommended
  aws ec2 describe-instances --filters Name=tag:eks:cluster-name,Values=blue
  aws dynamodb list-tables

The first version of the AWS CLI needs --endpoint-url ${cloud.url} for sqs. Slack: ${cloud.url}/slack/api/, token
xoxb-simulated, channel C0PLATFORM.`);
