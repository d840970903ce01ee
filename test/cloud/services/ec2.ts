/**
 * Answers EC2's operations on instances, their volumes and types, images, launch templates and
 * subnets, as far as Drydock uses them.
 *
 * Reads and changes the estate.
 */
import type { Estate } from '../estate.ts';
import type { Operations } from '../service.ts';
import { describeImages } from './ec2-images.ts';
import { describeInstanceTypeOfferings, describeInstanceTypes } from './ec2-instance-types.ts';
import { describeInstances } from './ec2-instances.ts';
import {
  createLaunchTemplate,
  createLaunchTemplateVersion,
  deleteLaunchTemplateVersions,
} from './ec2-launch-template-changes.ts';
import { describeLaunchTemplates, describeLaunchTemplateVersions } from './ec2-launch-templates.ts';
import { describeSubnets } from './ec2-subnets.ts';
import { describeVolumes } from './ec2-volumes.ts';
import type { Paging } from './page-size.ts';

export const ec2Service = (estate: Estate, paging: Paging) =>
  ({
    DescribeInstances: describeInstances(estate, paging),
    DescribeInstanceTypes: describeInstanceTypes(paging),
    DescribeInstanceTypeOfferings: describeInstanceTypeOfferings(paging),
    DescribeImages: describeImages(estate, paging),
    DescribeLaunchTemplates: describeLaunchTemplates(estate, paging),
    DescribeLaunchTemplateVersions: describeLaunchTemplateVersions(estate, paging),
    CreateLaunchTemplate: createLaunchTemplate(estate),
    CreateLaunchTemplateVersion: createLaunchTemplateVersion(estate),
    DeleteLaunchTemplateVersions: deleteLaunchTemplateVersions(estate),
    DescribeSubnets: describeSubnets(estate, paging),
    DescribeVolumes: describeVolumes(estate, paging),
  }) satisfies Operations<typeof import('@aws-sdk/client-ec2')>;
