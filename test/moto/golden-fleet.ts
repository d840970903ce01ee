/**
 * Puts a fleet with an image of the user's own into moto: one cluster with one node group, whose launch
 * template names the image that a parameter names.
 *
 * Knows that moto starts no instances for a node group, so that its one node is started by hand, with the tags
 * that EKS gives; and that moto keeps no release parameters of EKS and takes none.
 *
 * Effect: changes moto.
 */
import { setTimeout as wait } from 'node:timers/promises';
import {
  CreateLaunchTemplateCommand,
  DescribeSubnetsCommand,
  RegisterImageCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateNodegroupCommand,
  type CreateNodegroupCommandInput,
} from '@aws-sdk/client-eks';
import { policyWith } from '../stories/open-story.ts';
import { home, type MotoStory } from './story.ts';

export const parameter = '/golden/image-id';
const own = `ownImages:\n  - parameter: ${parameter}\n    select: [{ tags: { image: golden } }]`;

/** The default policy, with the parameter and other words replaced. */
export const goldenPolicy = (...replaced: readonly (readonly [string, string])[]): string =>
  policyWith(['ownImages: []', own], ...replaced);

const registerImage = async ({ ec2 }: MotoStory, Name: string): Promise<string> => {
  const { ImageId = '' } = await ec2.send(new RegisterImageCommand({ Name, RootDeviceName: '/dev/xvda' }));
  return ImageId;
};

const subnetsOf = async ({ ec2 }: MotoStory): Promise<string[]> => {
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  return Subnets.flatMap(({ SubnetId }) => SubnetId ?? []);
};

export const addCluster = async (story: MotoStory, name: string): Promise<void> => {
  await story.eks.send(
    new CreateClusterCommand({
      name,
      version: '1.34',
      roleArn: `arn:aws:iam::${home.account}:role/eks`,
      resourcesVpcConfig: { subnetIds: await subnetsOf(story) },
      tags: { environment: name },
    }),
  );
};

type Group = Pick<
  CreateNodegroupCommandInput,
  'nodegroupName' | 'amiType' | 'releaseVersion' | 'launchTemplate' | 'tags'
>;

export const addGroup = async (story: MotoStory, clusterName: string, group: Group): Promise<void> => {
  await story.eks.send(
    new CreateNodegroupCommand({
      clusterName,
      subnets: await subnetsOf(story),
      nodeRole: `arn:aws:iam::${home.account}:role/node`,
      version: '1.34',
      scalingConfig: { minSize: 1, maxSize: 2, desiredSize: 1 },
      ...group,
    }),
  );
};

const addTemplate = async ({ ec2 }: MotoStory, ImageId: string): Promise<string> => {
  const { LaunchTemplate } = await ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'golden',
      LaunchTemplateData: { ImageId, InstanceType: 'm5.large' },
    }),
  );
  return LaunchTemplate?.LaunchTemplateId ?? '';
};

const addNode = async ({ ec2 }: MotoStory, ImageId: string): Promise<string> => {
  const tags = { 'eks:cluster-name': 'dev', 'eks:nodegroup-name': 'own' };
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId,
      InstanceType: 'm5.large',
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: [
        { ResourceType: 'instance', Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
      ],
    }),
  );
  return Instances?.[0]?.InstanceId ?? '';
};

export type Golden = {
  /** In the order of their making; the parameter names the first, and the group runs it. */
  readonly images: readonly [string, string];
  readonly templateId: string;
  readonly instanceId: string;
};

export const addGoldenFleet = async (story: MotoStory): Promise<Golden> => {
  const first = await registerImage(story, 'golden-1');
  // EC2 dates images by the second; which of two is newer must show.
  await wait(1_100);
  const images = [first, await registerImage(story, 'golden-2')] as const;
  const templateId = await addTemplate(story, first);
  await addCluster(story, 'dev');
  await addGroup(story, 'dev', {
    nodegroupName: 'own',
    amiType: 'CUSTOM',
    releaseVersion: first,
    launchTemplate: { id: templateId, version: '1' },
    tags: { image: 'golden' },
  });
  const instanceId = await addNode(story, first);
  await story.put(parameter, first);
  return { images, templateId, instanceId };
};
