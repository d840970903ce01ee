/**
 * Keeps what exists in the simulated EKS and EC2 (its fleet) and brings about what befalls it.
 *
 * This is where a test or a rehearsal puts its clusters and nodes, scripts its failures and looks
 * at what came out; the simulated services read and change the same state.
 *
 * Effect: changes its own state only, at once and as simulated time passes.
 */
import type { Clock } from './clock.ts';
import { upgradeCluster } from './estate/cluster.ts';
import { Fleet } from './estate/fleet.ts';
import { type BrokenRelease, Mishaps, type Script } from './estate/mishap.ts';
import { type HealthIssue, type NodeGroup, type NodeImage, settleSize } from './estate/node-group.ts';
import { type ClusterName, isIn, type NodeGroupName } from './estate/place.ts';
import { RollingUpdate } from './estate/rolling-update.ts';
import { isLaunchIssue, type Shortage, Shortages } from './estate/shortage.ts';
import { closeUpdate, openUpdate, type Update } from './estate/update.ts';
import { afterMinutes, type Durations } from './estate/world.ts';
import type { ReleaseShelf } from './release-shelf.ts';
import type { Caller } from './service.ts';

export type EstateOptions = {
  readonly durations?: Partial<Durations>;
  /** Whether EKS takes a release that is older than the one in use; sources differ. */
  readonly olderReleases?: 'accepted' | 'refused';
};

export class Estate extends Fleet {
  readonly options: { readonly olderReleases: 'accepted' | 'refused' };
  readonly #mishaps = new Mishaps();
  readonly #shortages = new Shortages();

  constructor(clock: Clock, shelf: ReleaseShelf, options: EstateOptions = {}) {
    super(clock, shelf, options.durations);
    this.options = { olderReleases: options.olderReleases ?? 'accepted' };
  }

  /** At once, unless it is said how many minutes the control plane is UPDATING. */
  upgradeCluster(spec: ClusterName & { readonly version: string; readonly minutes?: number }): void {
    this.change(() => upgradeCluster(this.world, this.cluster(spec), spec.version, spec.minutes ?? 0));
  }

  scale(spec: NodeGroupName & { readonly desiredSize: number }): void {
    const group = this.nodeGroup(spec);
    const { desiredSize } = spec;
    const maxSize = Math.max(group.scaling.maxSize, desiredSize);
    this.change(() => {
      group.scaling = { minSize: Math.min(group.scaling.minSize, desiredSize), maxSize, desiredSize };
      if (group.status !== 'UPDATING') settleSize(this.world, this.place(group.cluster), group);
    });
  }

  /** Sets tags of a cluster, or of a node group when one is named; `undefined` takes a tag away. */
  tag(
    spec: ClusterName & { readonly nodeGroup?: string; readonly tags: Record<string, string | undefined> },
  ): void {
    const { nodeGroup, tags } = spec;
    const tagged = nodeGroup === undefined ? this.cluster(spec) : this.nodeGroup({ ...spec, nodeGroup });
    const kept = Object.entries({ ...tagged.tags, ...tags }).filter(([, value]) => value !== undefined);
    this.change(() => {
      tagged.tags = Object.fromEntries(kept) as Record<string, string>;
    });
  }

  script(script: Script): void {
    this.nodeGroup(script);
    this.#mishaps.add(script);
  }

  /** Updates of the node group go well again, unless the release is broken. */
  unscript(name: NodeGroupName): void {
    this.#mishaps.forget(name);
  }

  breakRelease(release: BrokenRelease): void {
    this.#mishaps.breakRelease(release);
  }

  /** No new nodes of a type or in a zone, until then or until `endShortage` is called with the same value. */
  startShortage(shortage: Shortage & { readonly until?: Date }): void {
    this.#shortages.add(shortage);
    if (shortage.until) this.world.clock.at(shortage.until, () => this.endShortage(shortage));
  }

  endShortage(shortage: Shortage): void {
    this.#shortages.end(shortage);
    this.#liftLaunchIssues(shortage);
  }

  setFreeAddresses(spec: Caller & { readonly subnetId: string; readonly freeAddresses: number }): void {
    const subnet = this.place(spec).subnets.get(spec.subnetId);
    if (!subnet) throw new Error(`there is no subnet ${spec.subnetId}`);
    subnet.freeAddresses = spec.freeAddresses;
    this.#liftLaunchIssues(spec);
  }

  degrade({
    issue,
    ...name
  }: NodeGroupName & { readonly issue: Pick<HealthIssue, 'code'> & Partial<HealthIssue> }): void {
    const group = this.nodeGroup(name);
    this.#setIssues(group, [
      ...group.issues,
      { message: issue.code, resourceIds: [group.autoScalingGroup], ...issue },
    ]);
  }

  heal(name: NodeGroupName): void {
    this.#setIssues(this.nodeGroup(name), []);
  }

  /** What UpdateNodegroupVersion does once it has refused nothing. */
  startVersionUpdate(
    group: NodeGroup,
    {
      to,
      params,
      force,
    }: { readonly to: NodeImage; readonly params: Update['params']; readonly force: boolean },
  ): Update {
    return this.change(() => {
      const update = openUpdate(this.world, group, { type: 'VersionUpdate', params });
      const failure = this.#mishaps.take(group, to, force);
      const place = this.place(group.cluster);
      new RollingUpdate(this.world, {
        place,
        group,
        update,
        to,
        failure,
        shortages: this.#shortages,
      }).start();
      return update;
    });
  }

  /** What UpdateNodegroupConfig does; `apply` is called when the update ends. */
  startConfigUpdate(group: NodeGroup, params: Update['params'], apply: () => void): Update {
    return this.change(() => {
      const update = openUpdate(this.world, group, { type: 'ConfigUpdate', params });
      afterMinutes(this.world, this.world.durations.configUpdateMinutes, () => {
        if (group.cluster.nodeGroups.get(group.name) !== group) return;
        apply();
        settleSize(this.world, this.place(group.cluster), group);
        closeUpdate(this.world, group, update);
      });
      return update;
    });
  }

  #setIssues(group: NodeGroup, issues: readonly HealthIssue[]): void {
    this.change(() => {
      group.issues = issues;
      if (group.status !== 'UPDATING') group.status = issues.length > 0 ? 'DEGRADED' : 'ACTIVE';
    });
  }

  #liftLaunchIssues(where: Partial<Caller>): void {
    const places = this.places.all().filter((place) => isIn(place, where));
    const clusters = places.flatMap((place) => [...place.clusters.values()]);
    for (const group of clusters.flatMap((cluster) => [...cluster.nodeGroups.values()])) {
      if (!group.issues.some(isLaunchIssue) || this.#shortages.of(group, 1)) continue;
      this.#setIssues(
        group,
        group.issues.filter((issue) => !isLaunchIssue(issue)),
      );
    }
  }
}
