/**
 * Makes new versions of launch templates, each from the one in use with another image.
 *
 * Refusals come as EC2 gives them: whoever asks knows what they mean.
 *
 * Changes EC2: CreateLaunchTemplateVersion.
 */
import { CreateLaunchTemplateVersionCommand, type EC2Client } from '@aws-sdk/client-ec2';

type Wanted = {
  readonly templateId: string;
  /** The version that it is made from. */
  readonly source: string;
  readonly imageId: string;
  readonly description: string;
  /** The same for the same request; at most 64 characters. */
  readonly token: string;
};

const longestDescription = 255;

export interface TemplateVersions {
  /** Number of the new version. Safe to repeat. */
  create(wanted: Wanted, signal: AbortSignal): Promise<string>;
}

export const ec2TemplateVersions = (ec2: EC2Client): TemplateVersions => ({
  async create({ templateId, source, imageId, description, token }, signal) {
    const answer = await ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: templateId,
        SourceVersion: source,
        VersionDescription: description.slice(0, longestDescription),
        LaunchTemplateData: { ImageId: imageId },
        ClientToken: token,
      }),
      { abortSignal: signal },
    );
    const version = answer.LaunchTemplateVersion?.VersionNumber;
    if (version === undefined) throw new Error('EC2 gave no number for the new launch template version');
    return String(version);
  },
});
