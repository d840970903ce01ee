/**
 * Makes what Drydock asks of EC2 about node groups, with one client for all: a client keeps its own pace.
 *
 * A file to be loaded when it is needed (lazily.ts): EC2's client is half of what a function can weigh.
 *
 * Effect: none until something is asked.
 */
import { ec2Client } from './ec2-client.ts';
import { ec2Images, ec2Instances } from './ec2-images.ts';
import { ec2TemplateVersions } from './ec2-template-versions.ts';
import type { ClientConfig } from './reach.ts';

export const ec2At = (config: ClientConfig) => {
  const ec2 = ec2Client(config);
  return {
    images: ec2Images(ec2),
    instances: ec2Instances(ec2),
    templateVersions: ec2TemplateVersions(ec2),
  };
};
