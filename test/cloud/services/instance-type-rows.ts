/**
 * Reads the table of instance types and the zones that offer them.
 *
 * Knows how the two files in `data/` are packed; each file names its source and columns.
 *
 * Reads files, once.
 */
import { readFileSync } from 'node:fs';

/** `[count, manufacturer, name, MiB]`; 0 stands for none. */
type Devices =
  | 0
  | readonly (readonly [count: number, manufacturer: string, name: string, mebibytes: number])[];
type Flag = 0 | 1;

export type TypeRow = {
  readonly type: string;
  readonly currentGeneration: Flag;
  readonly bareMetal: Flag;
  readonly hypervisor: 0 | 'nitro' | 'xen';
  readonly burstable: Flag;
  /** First letters of on-demand, spot and capacity-block. */
  readonly usageClasses: string;
  /** Separated by spaces, as are root devices. */
  readonly architectures: string;
  readonly manufacturer: string;
  readonly clockGhz: number;
  readonly vcpus: number;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly disks: 0 | readonly (readonly [count: number, gigabytes: number, kind: 'hdd' | 'ssd'])[];
  readonly diskNvme: 0 | 'required' | 'supported' | 'unsupported';
  readonly gpus: Devices;
  readonly inference: Devices;
  /** `[count, name, cores, core version, MiB]` */
  readonly neuron: 0 | readonly (readonly [number, string, number, number, number])[];
  readonly fpgas: Devices;
  readonly rootDevices: string;
  readonly ebsAttachments: number;
  readonly ebsLimitType: 'shared' | 'dedicated';
  readonly ebsCards: number;
  readonly ebsNvme: 'required' | 'supported' | 'unsupported';
  readonly ebsOptimized: 'default' | 'supported' | 'unsupported';
  readonly ebsBaselineMbps: number;
  readonly ebsBaselineMBps: number;
  readonly ebsBaselineIops: number;
  readonly ebsMaximumMbps: number;
  readonly ebsMaximumMBps: number;
  readonly ebsMaximumIops: number;
  readonly interfaces: number;
  readonly interfacesByCard: readonly number[];
  readonly defaultCard: number;
  readonly ipv4PerInterface: number;
  readonly ipv6PerInterface: number;
  readonly networkPerformance: string;
  readonly ena: 'required' | 'supported' | 'unsupported';
  readonly efaInterfaces: number;
};

type Packed = { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] };

const read = (file: string): Packed =>
  JSON.parse(readFileSync(new URL(`../data/${file}`, import.meta.url), 'utf8'));

let types: ReadonlyMap<string, TypeRow> | undefined;

/** By name, in alphabetical order. */
export const instanceTypeRows = (): ReadonlyMap<string, TypeRow> => {
  types ??= new Map(unpack(read('instance-types.json')).map((row) => [row.type, row]));
  return types;
};

const unpack = ({ columns, rows }: Packed): readonly TypeRow[] =>
  rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])) as TypeRow);

let zones: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>> | undefined;

/** From zone to the types it offers; every type in regions of which nothing is known. */
export const offeringsIn = (region: string): ReadonlyMap<string, ReadonlySet<string>> => {
  zones ??= readOfferings();
  return zones.get(region) ?? new Map([[`${region}a`, new Set(instanceTypeRows().keys())]]);
};

const readOfferings = () => {
  const names = [...instanceTypeRows().keys()];
  const byRegion = new Map<string, Map<string, ReadonlySet<string>>>();
  for (const row of read('instance-type-offerings.json').rows) {
    const [region, zone, packed] = row as readonly [string, string, string];
    const bits = Buffer.from(packed, 'base64');
    const offered = names.filter((_, index) => ((bits[index >> 3] ?? 0) >> (index & 7)) & 1);
    const known = byRegion.get(region) ?? new Map<string, ReadonlySet<string>>();
    byRegion.set(region, known.set(zone, new Set(offered)));
  }
  return byRegion;
};
