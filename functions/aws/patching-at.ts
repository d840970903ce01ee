/**
 * Makes what Drydock asks of a target while it patches nodes there, with one client for each service.
 *
 * A file to be loaded when there is a job (lazily.ts).
 *
 * Effect: none until something is asked.
 */
import { ec2Client } from './ec2-client.ts';
import { ec2Images } from './ec2-images.ts';
import { eksClient } from './eks-client.ts';
import { eksFleet } from './eks-fleet.ts';
import { awsNodes } from './node-survey.ts';
import type { ClientConfig } from './reach.ts';
import { ssmClient, ssmClientOnce } from './ssm-client.ts';
import { ssmPatchCommands } from './ssm-patch-commands.ts';
import { ssmPatches } from './ssm-patches.ts';

/** `atOnce`: nodes of one command. */
export const patchingAt = (config: ClientConfig, atOnce: Parameters<typeof ssmPatchCommands>[2]) => {
  const [eks, ec2, ssm] = [eksClient(config), ec2Client(config), ssmClient(config)];
  return {
    commands: ssmPatchCommands(ssm, ssmClientOnce(config), atOnce),
    patches: ssmPatches(ssm),
    nodes: awsNodes(eks, ec2),
    fleet: eksFleet(eks, ec2Images(ec2)),
  };
};
