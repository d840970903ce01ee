/**
 * Reads what launch template versions say of volumes, user data and the instance type.
 *
 * Knows that EC2 lists the latest and the default version of every template of the account, two hundred a
 * page, while one version costs a call of its own: only what the list does not have is asked for one by
 * one. User data is base64, and may be gzipped below that.
 *
 * Reads EC2: DescribeLaunchTemplateVersions.
 */
import { gunzipSync } from 'node:zlib';
import {
  DescribeLaunchTemplateVersionsCommand,
  type EC2Client,
  type LaunchTemplateVersion,
  paginateDescribeLaunchTemplateVersions,
} from '@aws-sdk/client-ec2';
import type { GroupSurvey } from '../domain/data-plane.ts';
import type { LaunchTemplate } from '../domain/node-group.ts';
import { during, isTemplateGone } from './errors.ts';

export type TemplateFacts = {
  readonly instanceType: string | undefined;
  readonly volumes: NonNullable<GroupSurvey['templateVolumes']>;
  readonly userData: string | undefined;
};

const templateKey = ({ id, version }: LaunchTemplate): string => `${id}/${version}`;

const gzipped = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** `undefined` when it cannot be unpacked. */
const decode = (base64: string): string | undefined => {
  const bytes = Buffer.from(base64, 'base64');
  try {
    return (gzipped(bytes) ? gunzipSync(bytes) : bytes).toString();
  } catch {
    return undefined;
  }
};

const toFacts = ({ LaunchTemplateData: data = {} }: LaunchTemplateVersion): TemplateFacts => ({
  instanceType: data.InstanceType,
  volumes: (data.BlockDeviceMappings ?? []).flatMap(({ DeviceName, Ebs }) =>
    DeviceName && Ebs
      ? [
          {
            device: DeviceName,
            volumeType: Ebs.VolumeType,
            sizeGiB: Ebs.VolumeSize,
            iops: Ebs.Iops,
            throughputMiBs: Ebs.Throughput,
          },
        ]
      : [],
  ),
  userData: data.UserData === undefined ? undefined : decode(data.UserData),
});

export const ec2LaunchTemplates = (client: EC2Client) => {
  const listed = (wanted: ReadonlySet<string>) =>
    during('reading launch templates', async () => {
      const found = new Map<string, TemplateFacts>();
      const pages = paginateDescribeLaunchTemplateVersions(
        { client, pageSize: 200 },
        { Versions: ['$Latest', '$Default'] },
      );
      for await (const page of pages)
        for (const version of page.LaunchTemplateVersions ?? []) {
          const { LaunchTemplateId: id = '', VersionNumber } = version;
          const key = templateKey({ id, version: String(VersionNumber) });
          if (wanted.has(key)) found.set(key, toFacts(version));
        }
      return found;
    });

  /** `undefined` when the template or the version is gone. */
  const readOne = ({ id, version }: LaunchTemplate) =>
    during(`reading version ${version} of launch template ${id}`, async () => {
      try {
        const answer = await client.send(
          new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: [version] }),
        );
        const [found] = answer.LaunchTemplateVersions ?? [];
        return found && toFacts(found);
      } catch (error) {
        if (isTemplateGone(error)) return undefined;
        throw error;
      }
    });

  return {
    /** A reader of single versions that has read the list, as far as the wanted ones are on it. */
    async look(wanted: readonly LaunchTemplate[]) {
      const keys = new Set(wanted.map(templateKey));
      const found: ReadonlyMap<string, TemplateFacts> = keys.size === 0 ? new Map() : await listed(keys);
      return async (template: LaunchTemplate): Promise<TemplateFacts | undefined> =>
        found.get(templateKey(template)) ?? readOne(template);
    },
  };
};
