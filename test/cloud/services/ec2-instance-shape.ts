/**
 * Tells an instance in EC2's shape, with its disks and network interfaces.
 *
 * Knows that EC2 writes `xen` as the hypervisor of Nitro instances too (API reference, Instance;
 * checked 2026-11).
 *
 * Reads the estate.
 */
import type {
  Instance as Ec2Instance,
  InstanceBlockDeviceMapping,
  InstanceNetworkInterface,
  _InstanceType as InstanceType,
} from '@aws-sdk/client-ec2';
import { partOf } from '../estate/identifiers.ts';
import { findImage } from '../estate/image.ts';
import { addressOf, dnsNameOf, type Instance, tagsOf } from '../estate/instance.ts';
import type { Place } from '../estate/place.ts';
import { rootDevice, type Volume, volumesOf } from '../estate/volume.ts';
import type { Estate } from '../estate.ts';
import { toTagList } from './ec2-request.ts';

export const toEc2Instance = (estate: Estate, place: Place, instance: Instance): Ec2Instance => {
  const image = findImage(estate.world.shelf, place, instance.imageId);
  const { subnet } = instance;
  return {
    InstanceId: instance.id,
    ImageId: instance.imageId,
    InstanceType: instance.type as InstanceType,
    LaunchTime: instance.launchedAt,
    AmiLaunchIndex: 0,
    Architecture: image?.architecture ?? 'x86_64',
    ...(image?.platform === 'windows' && { Platform: 'Windows' as const }),
    PlatformDetails: image?.platform === 'windows' ? 'Windows' : 'Linux/UNIX',
    Hypervisor: 'xen',
    VirtualizationType: 'hvm',
    RootDeviceName: rootDevice,
    RootDeviceType: 'ebs',
    Placement: { AvailabilityZone: subnet.zone, Tenancy: 'default' },
    ...(instance.managed && { Operator: { Managed: true, Principal: 'eks.amazonaws.com' } }),
    ...(instance.spot && { InstanceLifecycle: 'spot' as const }),
    Tags: toTagList(tagsOf(instance)),
    ...(instance.terminatedAt ? whenTerminated : whileRunning(place, instance)),
  };
};

const whenTerminated: Ec2Instance = {
  State: { Code: 48, Name: 'terminated' },
  PrivateDnsName: '',
  BlockDeviceMappings: [],
  NetworkInterfaces: [],
};

const whileRunning = (place: Place, instance: Instance): Ec2Instance => ({
  State: { Code: 16, Name: 'running' },
  PrivateDnsName: dnsNameOf(instance, place.region),
  PrivateIpAddress: addressOf(instance),
  SubnetId: instance.subnet.id,
  VpcId: instance.subnet.vpcId,
  BlockDeviceMappings: volumesOf(instance).map(mapping),
  NetworkInterfaces: Array.from({ length: instance.interfaces }, (_, index) =>
    networkInterface(instance, index),
  ),
});

const mapping = ({ id, device, instance, deleteOnTermination }: Volume): InstanceBlockDeviceMapping => ({
  DeviceName: device,
  Ebs: {
    VolumeId: id,
    AttachTime: instance.launchedAt,
    DeleteOnTermination: deleteOnTermination,
    Status: 'attached',
  },
});

const networkInterface = (instance: Instance, index: number): InstanceNetworkInterface => ({
  NetworkInterfaceId: partOf(instance.id, 'eni', index),
  Attachment: { DeviceIndex: index, NetworkCardIndex: 0, Status: 'attached', DeleteOnTermination: true },
  InterfaceType: 'interface',
  Status: 'in-use',
  SubnetId: instance.subnet.id,
  VpcId: instance.subnet.vpcId,
});
