/**
 * Keeps the account of the patches of every node of every cluster, whoever launched it, and tells what
 * is missing, unknown or made good.
 *
 * Runs daily over everything, of which several targets, and the shares of a large one, are handed out; and on
 * changes of compliance over the nodes that changed: those of the target that Drydock is deployed in, which come
 * in batches from a queue, since a patch run changes hundreds at once. The summary of what is bad in the
 * account comes first; node by node it asks only where that and what is remembered do not suffice. A lease
 * keeps two looks apart; a batch that comes meanwhile goes back to its queue, a look at everything into its own.
 */
import type * as v from 'valibot';
import policy from '../infra/policy.yml';
import { dynamoDbClient } from './aws/dynamodb-client.ts';
import { tableFindings } from './aws/dynamodb-findings.ts';
import { tableBookings, tableCompliancePages } from './aws/dynamodb-patching.ts';
import { tableBook, tableHolds, tableLease, tableRollouts } from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { ec2Client } from './aws/ec2-client.ts';
import { eksClient } from './aws/eks-client.ts';
import { isDenied, wordsOf } from './aws/errors.ts';
import { eventBridgeBus } from './aws/eventbridge-bus.ts';
import { eventBridgeClient } from './aws/eventbridge-client.ts';
import { awsNodes } from './aws/node-survey.ts';
import { perTarget, reachFor } from './aws/reach.ts';
import { ssmClient } from './aws/ssm-client.ts';
import { ssmPatches } from './aws/ssm-patches.ts';
import { workThrough } from './aws/work.ts';
import { type FindingPage, turnPages } from './domain/finding-book.ts';
import { findingNewsOf } from './domain/finding-news.ts';
import { rolledAt } from './domain/history.ts';
import { knownOf } from './domain/node-group.ts';
import { planLook, turnLook } from './domain/patching/compliance-look.ts';
import { judgeCompliance, settledBookings } from './domain/patching/findings.ts';
import { type CompliancePage, placeKey } from './domain/patching/page.ts';
import { nodesToOpen, turnSome, withPatches } from './domain/patching/page-turn.ts';
import type { Scene } from './domain/patching/remedy.ts';
import { type ComplianceShare, shareOf } from './domain/patching/share.ts';
import type { Policy } from './domain/policy.ts';
import type {
  Book,
  Bookings,
  Bus,
  CompliancePages,
  Findings,
  HandOut,
  Holds,
  Lease,
  Log,
  Nodes,
  NodesSurvey,
  Patches,
  Rollouts,
} from './domain/ports.ts';
import { clusterKey, isSameTarget, regionKey, type Target } from './domain/target.ts';
import { sharesOf, type Task } from './domain/task.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { complianceLook, parseComplianceChange, type queueBatch } from './edge/events.ts';
import { placeSettings, placesOf, readSettings, text } from './edge/settings.ts';
import { type Work, workOr } from './edge/work.ts';

/** Of one target. */
type At = {
  readonly nodes: Nodes;
  readonly patches: Patches;
  readonly pages: CompliancePages;
  readonly findings: Findings;
  readonly book: Pick<Book, 'pages'>;
};

type Tools = {
  /** Where Drydock is deployed. */
  readonly home: Target;
  readonly targets: readonly Target[];
  readonly at: (target: Target) => At;
  readonly work: HandOut;
  readonly bookings: Bookings;
  readonly rollouts: Pick<Rollouts, 'all'>;
  readonly holds: Pick<Holds, 'all'>;
  readonly lease: Lease;
  readonly bus: Bus;
  readonly log: Log;
};

type Changes = v.InferOutput<typeof queueBatch>;

const foundBy = 'track-compliance';
/** Longer than the function may run (serverless.yml): whoever holds the lease past it is dead. */
const leaseMinutes = 16;
/** Batches of changes are through within seconds: few are still at work then. */
const laterSeconds = 5 * 60;

const measure = (log: Log, { cluster, ...share }: ComplianceShare): void => {
  if (share.compliantPercent !== undefined)
    log.measure('ComplianceShare', share.compliantPercent, 'Percent', { cluster });
  for (const [severity, percent] of Object.entries(share.bySeverity))
    if (percent !== undefined) log.measure('ComplianceShare', percent, 'Percent', { cluster, severity });
  for (const [verdict, nodes] of Object.entries(share.verdicts))
    log.measure('NodesByCompliance', nodes, 'Count', { cluster, verdict });
  for (const [statistic, days] of Object.entries(share.criticalAgeDays))
    log.measure('UnpatchedCriticalAge', days, 'Days', { cluster, statistic });
};

/** `whole`: of every cluster of the target, so that what is of no cluster any more is gone. */
type Scope = { readonly target: Target; readonly share?: number | undefined; readonly whole: boolean };

/** Looks at the patches of one target. */
const lookIn = (
  { home, at, bookings, rollouts, holds, bus, log }: Tools,
  policy: Policy,
  { target, share, whole }: Scope,
) => {
  const { nodes, patches, pages, findings, book } = at(target);

  const readScene = async (now: string): Promise<Scene> => {
    const [releases, kept, held] = await Promise.all([book.pages(), rollouts.all(), holds.all()]);
    return { known: knownOf(releases), holds: held, rolledAt: rolledAt(kept), policy, rollouts: kept, now };
  };

  /** Scans are asked for only where there is an agent. */
  const ask = async (ids: readonly string[]) => {
    const agents = await patches.agents(ids);
    return { agents, scans: await patches.scans(ids.filter((id) => agents.has(id))) };
  };

  /** Reads the patches of one node of each kind that is not known, and stores the page. */
  const keep = async (page: CompliancePage, now: string): Promise<CompliancePage> => {
    const open = await Promise.all(
      nodesToOpen(page, now).map(
        async ({ instanceId }) => [instanceId, await patches.open(instanceId)] as const,
      ),
    );
    const saved = await pages.save(withPatches(page, new Map(open), now));
    if (!saved) throw new Error(`${placeKey(page)} was written by somebody else`);
    return saved;
  };

  /** Judges all that is kept of these clusters, tells what is news, and measures them. */
  const tell = async (
    turned: readonly CompliancePage[],
    isRead: (cluster: string) => boolean,
    scene: Scene,
  ) => {
    const booked = (await bookings.all()).filter((booking) => isSameTarget(booking.target, target));
    const settled = settledBookings(booked, turned, scene);
    for (const booking of settled) if (isRead(booking.cluster)) await bookings.delete(booking);
    const found = judgeCompliance(turned, booked, scene);
    const kept = await findings.pages();
    const isMeant = ({ cluster }: FindingPage) => cluster !== undefined && isRead(cluster);
    const after: FindingPage[] = [];
    for (const page of turnPages(kept.filter(isMeant), found, new Set(), scene.now))
      after.push(await findings.save(page, scene.now));
    const { account, region } = target;
    const where = { region, foundBy, ...(account !== home.account && { account }) };
    const all = [...after, ...kept.filter((page) => !isMeant(page))];
    await bus.publish(findingNewsOf(after, { ...where, ...(share && { share }) }, scene.now, all));
    for (const page of after)
      if (page.untold.length > 0) await findings.save({ ...page, untold: [] }, scene.now);
    // Clusters of two targets may have one name.
    const named = (cluster: string) =>
      isSameTarget(target, home) ? cluster : clusterKey({ target, cluster });
    for (const [cluster, its] of Map.groupBy(turned, (page) => page.cluster))
      measure(log, shareOf(named(cluster), its, policy.patching, scene.now));
    return { nodes: turned.reduce((sum, page) => sum + page.nodes.length, 0), findings: found.length };
  };

  /** `others`: clusters that somebody else looks at. */
  const lookAtAll = async (seen: NodesSurvey, others: ReadonlySet<string>, now: string) => {
    const [overview, kept, scene] = await Promise.all([patches.overview(), pages.all(), readScene(now)]);
    const clusters = new Set(seen.clusters.map(({ name }) => name));
    const isOurs = (cluster: string) => (whole ? !others.has(cluster) : clusters.has(cluster));
    const known = kept.filter(({ cluster }) => isOurs(cluster));
    const look = planLook(seen, known, overview, policy.patching, now);
    const turned: CompliancePage[] = [];
    for (const page of turnLook(look, overview, await ask(look.ask))) turned.push(await keep(page, now));
    for (const page of look.gone) await pages.delete(page);
    // Clusters that are gone count as read: nothing of them is open.
    const told = await tell(turned, (cluster) => isOurs(cluster) && !seen.unread.has(cluster), scene);
    log.info('looked at all nodes', { ...told, asked: look.ask.length, unread: [...seen.unread] });
    if (seen.failures.length > 0)
      throw new AggregateError(
        seen.failures,
        `${seen.failures.length} parts of the fleet could not be read; the rest was looked at`,
      );
    return { ...told, asked: look.ask.length };
  };

  const lookAtChanged = async (ids: readonly string[], now: string) => {
    const byPlace = Map.groupBy(await nodes.these(ids), placeKey);
    const clusters = new Set([...byPlace.values()].flatMap(([first]) => first?.cluster ?? []));
    const known = (await Promise.all([...clusters].map((cluster) => pages.all(cluster)))).flat();
    // A node of a place that nobody has looked at yet is found by the next look at all.
    const changed = known.flatMap((page) => byPlace.get(placeKey(page)) ?? []);
    const asked = changed.map(({ instanceId }) => instanceId);
    const answers = { ...(await ask(asked)), asked: new Set(asked) };
    const turned: CompliancePage[] = [];
    for (const page of known) {
      const found = byPlace.get(placeKey(page));
      turned.push(found ? await keep(turnSome(page, found, answers), now) : page);
    }
    const told = await tell(turned, (cluster) => clusters.has(cluster), await readScene(now));
    log.info('looked at changed nodes', { ...told, changed: asked.length });
    return { ...told, changed: asked.length };
  };

  return { lookAtAll, lookAtChanged };
};

const nothing: NodesSurvey = { target: undefined, clusters: [], unread: new Set(), failures: [] };

export const trackCompliance = (tools: Tools, policy: Policy) => {
  const { home, targets, at, work, lease, log } = tools;

  const lookAtShares = async (task: Task, now: string) => {
    const { target } = task;
    const names = task.clusters ?? (await at(target).nodes.clusters());
    const shares = sharesOf(task, names);
    const [only] = shares;
    const whole = task.clusters === undefined;
    const { lookAtAll } = lookIn(tools, policy, { target, share: task.share, whole });
    if (shares.length === 1 && only)
      return lookAtAll(await at(target).nodes.survey(names, task.share !== undefined), new Set(), now);
    await work.send(shares);
    // What is of none of these clusters is gone; the clusters themselves are the shares'.
    return lookAtAll(nothing, new Set(names), now);
  };

  /** A refusal is a failure: `audit-nodes` never asks Systems Manager, so nobody else would tell of it. */
  const lookAt = async (task: Task, now: string) => {
    try {
      return await lookAtShares(task, now);
    } catch (cause) {
      if (!isDenied(cause)) throw cause;
      throw new Error(`${regionKey(task.target)} refuses: ${wordsOf(cause)}`, { cause });
    }
  };

  /** `undefined` while somebody else is at it. */
  const alone = async <T>(target: Target, { now }: Now, act: () => Promise<T>) => {
    const name = `compliance ${regionKey(target)}`;
    const lent = await lease.take(name, now, leaseMinutes);
    if (lent === undefined) return undefined;
    try {
      return await act();
    } finally {
      await lease.giveBack(name, lent);
    }
  };

  const takeTask = async (task: Task, at: Now) => {
    // Shares of one target have clusters of their own, and do not wait for one another.
    const looked =
      task.share === undefined
        ? await alone(task.target, at, () => lookAt(task, at.now))
        : await lookAt(task, at.now);
    if (looked) {
      log.count('ComplianceLooks');
      return looked;
    }
    // Lambda's own tries end before a long look does.
    await work.send([task], laterSeconds);
    return { later: regionKey(task.target) };
  };

  const takeChanges = async ({ Records }: Changes, at: Now) => {
    const changed = Records.map(({ body }) => parseComplianceChange(body));
    const ids = [...new Set(changed.flatMap((id) => id ?? []))];
    const dropped = changed.filter((id) => id === undefined).length;
    if (dropped > 0) log.count('EventDropped', dropped);
    if (ids.length === 0) return { changed: 0 };
    const { lookAtChanged } = lookIn(tools, policy, { target: home, whole: false });
    const looked = await alone(home, at, () => lookAtChanged(ids, at.now));
    return looked ?? { batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };

  return async (asked: Work<v.InferOutput<typeof complianceLook>>, at: Now) => {
    if (asked.is === 'close round') return {};
    if (asked.is === 'task') return takeTask(asked.task, at);
    const { event } = asked;
    if ('Records' in event && Array.isArray(event.Records)) return takeChanges(event as Changes, at);
    const [only, ...others] = targets.map((target): Task => ({ target }));
    if (only && others.length === 0) return takeTask(only, at);
    await work.send(targets.map((target) => ({ target })));
    return { handedOut: targets.length };
  };
};

const settings = readSettings({ TABLE_NAME: text, BUS_NAME: text, WORK_QUEUE_URL: text, ...placeSettings });
const { home, targets, reach } = placesOf(settings, policy);
const reachOf = reachFor(reach, 'look');
const table = dynamoDbTable(dynamoDbClient(), settings.TABLE_NAME);

export const handler = entry(
  workOr(complianceLook),
  trackCompliance(
    {
      home,
      targets,
      at: perTarget((target) => ({
        nodes: awsNodes(eksClient(reachOf(target)), ec2Client(reachOf(target))),
        patches: ssmPatches(ssmClient(reachOf(target))),
        pages: tableCompliancePages(table, target, home),
        findings: tableFindings(table, { target, home }, foundBy),
        book: tableBook(table, target.region),
      })),
      work: workThrough(settings.WORK_QUEUE_URL),
      bookings: tableBookings(table),
      rollouts: tableRollouts(table),
      holds: tableHolds(table),
      lease: tableLease(table),
      bus: eventBridgeBus(eventBridgeClient(), settings.BUS_NAME),
      log,
    },
    policy,
  ),
);
