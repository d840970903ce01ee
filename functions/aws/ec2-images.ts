/**
 * Reads what EC2 knows of images, and which image every instance of a node group runs.
 *
 * Knows that EC2 refuses the whole call when one of the images asked for is gone, so that it is
 * asked by filter instead: gone images are then missing from the answer.
 *
 * Reads EC2: DescribeImages, DescribeInstances.
 */
import { type EC2Client, paginateDescribeImages, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import type { ImageFacts } from '../domain/node-group.ts';
import type { Images, Instances } from '../domain/ports.ts';
import { batchesOf } from './batches.ts';
import { during } from './errors.ts';

export const ec2Images = (ec2: EC2Client): Images => ({
  read: (imageIds) =>
    during('reading images', async () => {
      const images = new Map<string, ImageFacts>();
      for (const batch of batchesOf([...new Set(imageIds)])) {
        const Filters = [{ Name: 'image-id', Values: [...batch] }];
        for await (const page of paginateDescribeImages(
          { client: ec2 },
          { Filters, IncludeDeprecated: true },
        ))
          for (const { ImageId, Name, ImageOwnerAlias, CreationDate } of page.Images ?? [])
            if (ImageId)
              images.set(ImageId, {
                name: Name,
                ownedByAws: ImageOwnerAlias === 'amazon',
                createdAt: CreationDate && new Date(CreationDate).toISOString(),
              });
      }
      return images;
    }),
});

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
      for await (const page of paginateDescribeInstances({ client: ec2, pageSize: 1000 }, { Filters }))
        for (const { InstanceId, ImageId } of (page.Reservations ?? []).flatMap(
          ({ Instances }) => Instances ?? [],
        ))
          if (InstanceId) found.push({ instanceId: InstanceId, imageId: ImageId ?? '' });
      return found;
    }),
});
