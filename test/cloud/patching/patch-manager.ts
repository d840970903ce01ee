/**
 * Keeps the simulated Patch Manager: what patches came out, and what was found and installed on nodes.
 *
 * This is where a test says what a fleet's patches look like; the simulated SSM reads the same state, and
 * Run Command changes it. Patches are missing by themselves: whatever comes out after a node's image was
 * made, until it is installed or the node replaced.
 *
 * Effect: changes its own state, tells the default bus of changed compliance, asks the clock for scans.
 */
import type { Clock } from '../clock.ts';
import { Identifiers } from '../estate/identifiers.ts';
import { findImage } from '../estate/image.ts';
import type { Estate } from '../estate.ts';
import { nextDue } from '../schedule.ts';
import type { EventBuses } from '../services/eventbridge.ts';
import { type Agent, Agents } from './agents.ts';
import { type Enrolment, isPatchable, type Nodes } from './enrolment.ts';
import { isCompliant, type Patch, type PatchRecord } from './patch.ts';
import { install, type Look, newPatchedNode, type PatchedNode, resultsOf } from './patch-node.ts';

export type Installation = {
  readonly snapshotId: string | undefined;
  readonly rebootOption: 'NoReboot' | 'RebootIfNeeded';
  readonly startedAt: Date;
};

const usualBaseline = 'pb-0e930e75b392d70b0';

export class PatchManager {
  readonly agents: Agents;
  readonly #estate: Estate;
  readonly #clock: Clock;
  readonly #events: EventBuses;
  readonly #ids = new Identifiers();
  readonly #patches: Patch[] = [];
  readonly #nodes = new Map<string, PatchedNode>();
  readonly #snapshots = new Map<string, readonly Patch[]>();
  /** How the states are spelt: as the samples of the AWS CLI have them, or as the model does. */
  spelling: 'samples' | 'model' = 'samples';
  /** Grows with every change. */
  changes = 0;

  constructor(estate: Estate, clock: Clock, events: EventBuses) {
    this.agents = new Agents(estate, clock);
    this.#estate = estate;
    this.#clock = clock;
    this.#events = events;
  }

  /** A patch comes out: now, unless told when. */
  publish(patch: Pick<Patch, 'id'> & Partial<Patch>): void {
    this.changes++;
    this.#patches.push({
      title: patch.id,
      classification: 'Security',
      severity: 'Important',
      cves: [],
      releasedAt: this.#clock.now(),
      reboot: false,
      ...patch,
    });
  }

  /** Systems Manager manages these nodes from now on, and those of them that are yet to be launched. */
  enrol(enrolment: Enrolment): void {
    this.changes++;
    this.agents.enrol(enrolment);
    const { scanAt } = enrolment;
    if (scanAt) this.#scanDaily(enrolment, scanAt, this.#clock.now());
  }

  /** Patch Manager scans them now, with another baseline if one is named. */
  scan(nodes: Nodes, baselineId?: string): void {
    for (const agent of this.agents.among(nodes)) this.#scanNode(agent, baselineId);
  }

  /** What befalls installations on these nodes from now on; `undefined`: nothing. */
  script(nodes: Nodes, mishap: PatchedNode['mishap']): void {
    for (const { instance } of this.agents.among(nodes)) this.node(instance.id).mishap = mishap;
  }

  /** The baseline rejects a patch that these nodes have installed. */
  reject(nodes: Nodes, patchId: string): void {
    for (const { instance } of this.agents.among(nodes)) this.node(instance.id).rejected.add(patchId);
  }

  node(instanceId: string): PatchedNode {
    const known = this.#nodes.get(instanceId);
    if (known) return known;
    const made = newPatchedNode();
    this.#nodes.set(instanceId, made);
    return made;
  }

  /** What Patch Manager has of a node; `undefined` before its first scan. */
  record(instanceId: string): PatchRecord | undefined {
    return this.#nodes.get(instanceId)?.record;
  }

  /** What AWS-RunPatchBaseline has done to a node at its end; answers whether it went well. */
  install(agent: Agent, { snapshotId, rebootOption, startedAt }: Installation): boolean {
    const node = this.node(agent.instance.id);
    if (!isPatchable(agent.platform)) return false;
    const look = this.#look(agent, this.#offered(snapshotId));
    const results = install(node, look, rebootOption === 'RebootIfNeeded');
    this.#keep(agent, {
      ...this.#newRecord(agent, startedAt),
      operation: 'Install',
      snapshotId,
      rebootOption,
      lastNoRebootInstallAt:
        rebootOption === 'NoReboot' ? this.#clock.now() : node.record?.lastNoRebootInstallAt,
      results,
    });
    return node.mishap !== 'fails';
  }

  #scanDaily(enrolment: Enrolment, scanAt: string, after: Date): void {
    const [hours, minutes] = scanAt.split(':').map(Number);
    const due = nextDue(`cron(${minutes} ${hours} * * ? *)`, after);
    this.#clock.at(due, () => {
      for (const agent of this.agents.among(enrolment))
        if (agent.enrolment === enrolment) this.#scanNode(agent);
      this.#scanDaily(enrolment, scanAt, due);
    });
  }

  #scanNode(agent: Agent, baselineId?: string): void {
    if (agent.ping !== 'Online' || !isPatchable(agent.platform)) return;
    const node = this.node(agent.instance.id);
    this.#keep(agent, {
      ...this.#newRecord(agent, this.#clock.now()),
      ...(baselineId && { baselineId }),
      operation: 'Scan',
      snapshotId: undefined,
      rebootOption: undefined,
      lastNoRebootInstallAt: node.record?.lastNoRebootInstallAt,
      results: resultsOf(node, this.#look(agent, this.#offered(undefined))),
    });
  }

  #newRecord({ instance, enrolment }: Agent, startedAt: Date) {
    return {
      instanceId: instance.id,
      startedAt,
      endedAt: this.#clock.now(),
      baselineId: enrolment.baselineId ?? usualBaseline,
      executionId: this.#ids.uuid(),
    };
  }

  #look({ place, instance, enrolment }: Agent, offered: readonly Patch[]): Look {
    const image = findImage(this.#estate.world.shelf, place, instance.imageId);
    const imageMadeAt = image?.createdAt ?? instance.launchedAt;
    return { imageMadeAt, offered, lockedRepository: enrolment.lockedRepository ?? false };
  }

  /** What has come out; a snapshot keeps what had when it was first used. */
  #offered(snapshotId: string | undefined): readonly Patch[] {
    const now = this.#clock.now();
    const out = this.#patches.filter(({ releasedAt }) => releasedAt <= now);
    if (snapshotId === undefined) return out;
    const pinned = this.#snapshots.get(snapshotId) ?? out;
    this.#snapshots.set(snapshotId, pinned);
    return pinned;
  }

  #keep({ place, instance }: Agent, record: PatchRecord): void {
    const node = this.node(instance.id);
    const changed = !node.record || isCompliant(node.record) !== isCompliant(record);
    node.record = record;
    this.changes++;
    if (!changed) return;
    this.#events.send(place, {
      source: 'aws.ssm',
      detailType: 'Configuration Compliance State Change',
      resources: [`arn:aws:ssm:${place.region}:${place.account}:managed-instance/${record.instanceId}`],
      detail: {
        'resource-type': 'managed-instance',
        'resource-id': record.instanceId,
        'compliance-status': isCompliant(record) ? 'compliant' : 'non_compliant',
        'compliance-type': 'Patch',
        'patch-baseline-id': record.baselineId,
        severity: 'unspecified',
      },
    });
  }
}
