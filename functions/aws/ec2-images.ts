/**
 * Reads what EC2 knows of images, and which image every instance of a node group runs.
 *
 * Knows that EC2 refuses the whole call when one of the images asked for is gone, so that it is
 * asked by filter instead: gone images are then missing from the answer, as are disabled ones unless
 * they are asked for.
 *
 * Reads EC2: DescribeImages, DescribeInstances.
 */
import {
  type EC2Client,
  type Image,
  paginateDescribeImages,
  paginateDescribeInstances,
} from '@aws-sdk/client-ec2';
import type { ImageAnswer } from '../domain/image.ts';
import type { ImageFacts } from '../domain/node-group.ts';
import type { Images, Instances } from '../domain/ports.ts';
import { during, told } from './errors.ts';

/** EC2 takes up to 200 values in a filter. */
const batch = 200;

/** As few calls as possible, each with about as many images: the answer to a lone one would say little. */
const batchesOf = (imageIds: readonly string[]): readonly (readonly string[])[] => {
  const wanted = [...new Set(imageIds)];
  const calls = Math.ceil(wanted.length / batch);
  const size = Math.ceil(wanted.length / calls);
  return Array.from({ length: calls }, (_, call) => wanted.slice(call * size, (call + 1) * size));
};

const toInstant = (date: string | undefined) => (date ? new Date(date).toISOString() : undefined);

const toFacts = ({ Name, ImageOwnerAlias, CreationDate, State, DeprecationTime }: Image): ImageFacts => {
  const deprecatedAt = toInstant(DeprecationTime);
  return {
    name: Name,
    ownedByAws: ImageOwnerAlias === 'amazon',
    createdAt: toInstant(CreationDate),
    ...(State && { state: State }),
    ...(deprecatedAt && { deprecatedAt }),
  };
};

export const ec2Images = (ec2: EC2Client): Images => {
  const ask = async (asked: readonly string[]): Promise<ImageAnswer> => {
    const found = new Map<string, ImageFacts>();
    const request = {
      Filters: [{ Name: 'image-id', Values: [...asked] }],
      IncludeDeprecated: true,
      IncludeDisabled: true,
    };
    for await (const page of paginateDescribeImages({ client: ec2 }, request))
      for (const image of page.Images ?? []) if (image.ImageId) found.set(image.ImageId, toFacts(image));
    return { asked, found };
  };

  const look = (imageIds: readonly string[]) =>
    during('reading images', async () => {
      const answers: ImageAnswer[] = [];
      for (const asked of batchesOf(imageIds)) answers.push(await ask(asked));
      return answers;
    });

  return {
    look,
    read: async (imageIds) => new Map((await look(imageIds)).flatMap(({ found }) => [...found])),
  };
};

export const ec2Instances = (ec2: EC2Client): Instances => ({
  of: ({ cluster, nodeGroup }) =>
    during(`reading the instances of ${cluster}/${nodeGroup}`, async () => {
      const Filters = [
        { Name: 'tag:eks:cluster-name', Values: [cluster] },
        { Name: 'tag:eks:nodegroup-name', Values: [nodeGroup] },
        { Name: 'instance-state-name', Values: ['pending', 'running'] },
      ];
      const found: { instanceId: string; imageId: string }[] = [];
      // An instance whose image is not given runs an unknown one, not the wanted one.
      const pages = paginateDescribeInstances({ client: ec2, pageSize: 1000 }, { Filters });
      for await (const { Reservations } of pages)
        for (const { Instances } of told(Reservations, 'reservations'))
          for (const { InstanceId, ImageId } of told(Instances, 'instances of a reservation'))
            found.push({ instanceId: told(InstanceId, 'id of an instance'), imageId: ImageId ?? '' });
      return found;
    }),
});
