/**
 * Keeps the account of the patches of every node of every cluster, whoever launched it, and tells what
 * is missing, unknown or made good.
 *
 * Runs daily over everything, and on changes of compliance over the nodes that changed: those come in
 * batches from a queue, since a patch run changes hundreds at once. The summary of what is bad in the
 * account comes first; node by node it asks only where that and what is remembered do not suffice. A lease
 * keeps two looks apart; a batch that comes meanwhile goes back to its queue.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SSMClient } from '@aws-sdk/client-ssm';
import type * as v from 'valibot';
import policy from '../infra/policy.yml';
import { tableFindings } from './aws/dynamodb-findings.ts';
import { tableBookings, tableCompliancePages } from './aws/dynamodb-patching.ts';
import { tableBook, tableHolds, tableLease, tableRollouts } from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { eventBridgeBus } from './aws/eventbridge-bus.ts';
import { awsNodes } from './aws/node-survey.ts';
import { patience } from './aws/patience.ts';
import { ssmPatches } from './aws/ssm-patches.ts';
import { type FindingPage, turnPages } from './domain/finding-book.ts';
import { findingNewsOf } from './domain/finding-news.ts';
import { rolledAt } from './domain/history.ts';
import type { Known } from './domain/node-group.ts';
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
  Holds,
  Lease,
  Log,
  Nodes,
  Patches,
  Rollouts,
} from './domain/ports.ts';
import { sourceKey } from './domain/release.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { complianceLook, parseComplianceChange } from './edge/events.ts';
import { readSettings, text } from './edge/settings.ts';

type Tools = {
  readonly nodes: Nodes;
  readonly patches: Patches;
  readonly pages: CompliancePages;
  readonly bookings: Bookings;
  readonly findings: Findings;
  readonly book: Pick<Book, 'pages'>;
  readonly rollouts: Pick<Rollouts, 'all'>;
  readonly holds: Pick<Holds, 'all'>;
  readonly lease: Lease;
  readonly bus: Bus;
  readonly log: Log;
  readonly region: string;
};

const foundBy = 'track-compliance';
/** Longer than the function may run (serverless.yml): whoever holds the lease past it is dead. */
const leaseMinutes = 16;

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

export const trackCompliance = (tools: Tools, policy: Policy) => {
  const { nodes, patches, pages, bookings, findings, book, rollouts, holds, lease, bus, log, region } = tools;

  const readScene = async (now: string): Promise<Scene> => {
    const [releases, kept, held] = await Promise.all([book.pages(), rollouts.all(), holds.all()]);
    const bySource = new Map(releases.map((page) => [sourceKey(page.source), page]));
    const known: Known = (source) => bySource.get(sourceKey(source));
    return { known, holds: held, rolledAt: rolledAt(kept), policy, rollouts: kept, now };
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
    const booked = await bookings.all();
    const settled = settledBookings(booked, turned, scene);
    for (const booking of settled) if (isRead(booking.cluster)) await bookings.delete(booking);
    const found = judgeCompliance(turned, booked, scene);
    const kept = await findings.pages();
    const isMeant = ({ cluster }: FindingPage) => cluster !== undefined && isRead(cluster);
    const after = kept.filter((page) => !isMeant(page));
    for (const page of turnPages(kept.filter(isMeant), found, new Set(), scene.now))
      after.push(await findings.save(page, scene.now));
    await bus.publish(findingNewsOf(after, { region, foundBy }, scene.now));
    for (const page of after)
      if (page.untold.length > 0) await findings.save({ ...page, untold: [] }, scene.now);
    for (const [cluster, its] of Map.groupBy(turned, (page) => page.cluster))
      measure(log, shareOf(cluster, its, policy.patching, scene.now));
    return { nodes: turned.reduce((sum, page) => sum + page.nodes.length, 0), findings: found.length };
  };

  const lookAtAll = async (now: string) => {
    const [seen, overview, known, scene] = await Promise.all([
      nodes.survey(),
      patches.overview(),
      pages.all(),
      readScene(now),
    ]);
    const look = planLook(seen, known, overview, policy.patching, now);
    const turned: CompliancePage[] = [];
    for (const page of turnLook(look, overview, await ask(look.ask))) turned.push(await keep(page, now));
    for (const page of look.gone) await pages.delete(page);
    // Clusters that are gone count as read: nothing of them is open.
    const told = await tell(turned, (cluster) => !seen.unread.has(cluster), scene);
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

  return async (event: v.InferOutput<typeof complianceLook>, { now, requestId }: Now) => {
    const records = 'Records' in event && Array.isArray(event.Records) ? event.Records : undefined;
    const changed = records?.map(({ body }) => parseComplianceChange(body));
    const ids = [...new Set(changed?.flatMap((id) => id ?? []))];
    const dropped = (changed ?? []).filter((id) => id === undefined).length;
    if (dropped > 0) log.count('EventDropped', dropped);
    if (changed && ids.length === 0) return { changed: 0 };
    if (!(await lease.take('compliance', requestId, now, leaseMinutes))) {
      if (!records) throw new Error('another look at compliance is at work');
      return { batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    }
    try {
      return await (changed ? lookAtChanged(ids, now) : lookAtAll(now));
    } finally {
      await lease.giveBack('compliance', requestId);
    }
  };
};

const settings = readSettings({ TABLE_NAME: text, BUS_NAME: text, AWS_REGION: text });
const table = dynamoDbTable(new DynamoDBClient(patience), settings.TABLE_NAME);

export const handler = entry(
  complianceLook,
  trackCompliance(
    {
      nodes: awsNodes(new EKSClient(patience), new EC2Client(patience)),
      patches: ssmPatches(new SSMClient(patience)),
      pages: tableCompliancePages(table),
      bookings: tableBookings(table),
      findings: tableFindings(table, settings.AWS_REGION, foundBy),
      book: tableBook(table, settings.AWS_REGION),
      rollouts: tableRollouts(table),
      holds: tableHolds(table),
      lease: tableLease(table),
      bus: eventBridgeBus(new EventBridgeClient(patience), settings.BUS_NAME),
      log,
      region: settings.AWS_REGION,
    },
    policy,
  ),
);
