/**
 * Turns the recorded history of AWS's releases into trains: all images of one family published together.
 *
 * Knows which minors and AMI types a train covers, when it reached SSM (some hours or days after the
 * date in its name), in which regions it went missing, and when it was taken back. An abandoned release
 * never reached SSM. Data and sources: data/releases.json.
 *
 * Pure.
 */

import { amiNames, awsImage, type TrainFamily } from './ami-names.ts';
import releases from './data/releases.json' with { type: 'json' };
import type { PublishedImage } from './release-shelf.ts';

export type Train = {
  readonly family: TrainFamily;
  /** `v20260714`, `1.55.0`, `2026.07.18`. */
  readonly name: string;
  readonly publishedAt: Date;
  /** When the recommended release went back; `undefined` for nearly all. */
  readonly withdrawnAt?: Date;
  /** Regions that it never reached. */
  readonly missingIn: readonly string[];
  readonly releases: readonly Release[];
};

type Release = { readonly amiType: string; readonly minor: string; readonly releaseVersion: string };

type Span = { readonly from?: string; readonly to?: string };

/** Compares dotted numbers: `1.9.0` comes before `1.10.0`. */
const compareDotted = (a: string, b: string): number => {
  const [left, right] = [a, b].map((text) => text.split(/[.-]/).map(Number));
  for (const [index, number] of (left ?? []).entries()) {
    const difference = number - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

const minorsAt = (spans: Readonly<Record<string, Span>>, version: string): string[] =>
  Object.entries(spans)
    .filter(([, { from }]) => from === undefined || compareDotted(version, from) >= 0)
    .filter(([, { to }]) => to === undefined || compareDotted(version, to) <= 0)
    .map(([minor]) => minor);

/** Every AMI type of a family in every minor. */
const releasesOf = (
  family: TrainFamily,
  versions: readonly (readonly [minor: string, version: string])[],
): Release[] =>
  Object.keys(amiNames)
    .filter((amiType) => amiNames[amiType]?.family === family)
    .flatMap((amiType) => versions.map(([minor, releaseVersion]) => ({ amiType, minor, releaseVersion })));

const minorOf = (kubelet: string): string => kubelet.split('.').slice(0, 2).join('.');

const at = (date: string, hourUtc: number): Date =>
  new Date(`${date}T${String(hourUtc).padStart(2, '0')}:00:00Z`);

export type PublishHours = {
  readonly amazonLinux?: number;
  readonly bottlerocket?: number;
  readonly windows?: number;
};

const amazonLinuxTrains = (hourUtc: number): Train[] => {
  const { releases: known, al2 } = releases.amazonLinux;
  return known.flatMap((release) => {
    const { version, kubelets, status, published, missingIn } = release as (typeof known)[number] & {
      status?: string;
      published?: string;
      missingIn?: string[];
    };
    if (status === 'abandoned') return [];
    const build = version.slice(1);
    const date = build.replace(/(\d{4})(\d{2})(\d{2})/, '$1-$2-$3');
    const all = kubelets.split(' ').map((kubelet) => [minorOf(kubelet), `${kubelet}-${build}`] as const);
    const old = all.filter(([minor]) => compareDotted(minor, al2.lastMinor) <= 0);
    const train = {
      name: version,
      publishedAt: published ? new Date(published) : at(date, hourUtc),
      missingIn: missingIn ?? [],
    };
    const al2023: Train = { ...train, family: 'al2023', releases: releasesOf('al2023', all) };
    if (version > al2.lastRelease) return [al2023];
    return [al2023, { ...train, family: 'al2', releases: releasesOf('al2', old) }];
  });
};

const bottlerocketTrains = (hourUtc: number): Train[] => {
  const { releases: known, minors, nvidiaFipsFrom } = releases.bottlerocket;
  return known.map((release) => {
    const { version, commit, date, withdrawn } = release as (typeof known)[number] & { withdrawn?: string };
    const versions = minorsAt(minors, version).map((minor) => [minor, `${version}-${commit}`] as const);
    const exists = ({ amiType, minor }: Release) =>
      !amiType.endsWith('NVIDIA_FIPS') || compareDotted(minor, nvidiaFipsFrom) >= 0;
    return {
      family: 'bottlerocket',
      name: version,
      publishedAt: at(date, hourUtc),
      ...(withdrawn ? { withdrawnAt: at(withdrawn, hourUtc) } : {}),
      missingIn: [],
      releases: releasesOf('bottlerocket', versions).filter(exists),
    };
  });
};

const windowsTrains = (hourUtc: number): Train[] => {
  const { releases: known, minors, server2025From } = releases.windows;
  return known.flatMap(({ date }) =>
    (['windows-2019', 'windows-2022', 'windows-2025'] as const).flatMap((family): Train[] => {
      const name = date.replaceAll('-', '.');
      const versions = minorsAt(minors, date)
        .filter((minor) => family !== 'windows-2025' || compareDotted(minor, server2025From) >= 0)
        .map((minor) => [minor, `${minor}-${name}`] as const);
      const train = { family, name, publishedAt: at(date, hourUtc), missingIn: [] };
      return versions.length > 0 ? [{ ...train, releases: releasesOf(family, versions) }] : [];
    }),
  );
};

/** Every train on record, in the order of publication. */
export const recordedTrains = (hours: PublishHours = {}): readonly Train[] =>
  [
    ...amazonLinuxTrains(hours.amazonLinux ?? releases.amazonLinux.publishHourUtc),
    ...bottlerocketTrains(hours.bottlerocket ?? releases.bottlerocket.publishHourUtc),
    ...windowsTrains(hours.windows ?? releases.windows.publishHourUtc),
  ].sort((a, b) => a.publishedAt.getTime() - b.publishedAt.getTime());

/** The train's images in one region; none where it went missing. */
export const imagesOf = (train: Train, region: string): readonly PublishedImage[] => {
  if (train.missingIn.includes(region)) return [];
  return train.releases.map((release) => awsImage({ region, createdAt: train.publishedAt, ...release }));
};
