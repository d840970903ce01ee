/**
 * Audits the data plane: surveys every cluster once, judges it by every rule, and tells what opened,
 * worsened or was resolved since the last time.
 *
 * Runs daily and by hand. News is stored with the findings before it is published, and cleared after, so
 * that a run that dies anywhere is finished by the next. What could not be read is told by failing, after
 * all else was told. A dry run stores and tells nothing, and needs nothing but leave to read.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type * as v from 'valibot';
import policy from '../infra/policy.yml';
import { awsDataPlanes } from './aws/data-plane-survey.ts';
import { tableFindings } from './aws/dynamodb-findings.ts';
import { tableBook } from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { eventBridgeBus } from './aws/eventbridge-bus.ts';
import { patience } from './aws/patience.ts';
import type { DataPlane } from './domain/data-plane.ts';
import { type Finding, severities } from './domain/finding.ts';
import { countOpen, type FindingPage, turnPages } from './domain/finding-book.ts';
import { findingNewsOf } from './domain/finding-news.ts';
import type { Known } from './domain/node-group.ts';
import type { Policy } from './domain/policy.ts';
import type { Book, Bus, DataPlanes, Findings, Log } from './domain/ports.ts';
import { sourceKey } from './domain/release.ts';
import { judgeDataPlane } from './domain/rules.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { auditRequest } from './edge/events.ts';
import { noBook, noBus, noFindings } from './edge/nothing-kept.ts';
import { readSettings, text } from './edge/settings.ts';

type Tools = {
  readonly planes: DataPlanes;
  readonly book: Pick<Book, 'pages'>;
  readonly findings: Findings;
  readonly bus: Bus;
  readonly log: Log;
  readonly region: string;
};

const foundBy = 'audit-nodes';

/** By hand the answer is all that a person sees; more would not fit a terminal. */
const mostShown = 100;

const nodesIn = (plane: DataPlane | undefined): number =>
  (plane?.clusters ?? []).reduce((sum, { nodes }) => sum + nodes.length, 0);

const countRules = (found: readonly Finding[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(found, ({ rule }) => rule)].map(([rule, { length }]) => [rule, length]));

const toLine = ({ severity, rule, sentence, suggestion }: Finding): string =>
  `${severity.padEnd(8)}  ${rule.padEnd(20)}  ${sentence} ${suggestion}`;

export const auditNodes = ({ planes, book, findings, bus, log, region }: Tools, policy: Policy) => {
  const readKnown = async (): Promise<Known> => {
    const pages = new Map((await book.pages()).map((page) => [sourceKey(page.source), page]));
    return (source) => pages.get(sourceKey(source));
  };

  const tell = async (pages: readonly FindingPage[], now: string) => {
    const untold = pages.filter((page) => page.untold.length > 0);
    const news = findingNewsOf(pages, { region, foundBy }, now);
    await bus.publish(news);
    for (const page of untold) await findings.save({ ...page, untold: [] }, now);
    for (const { is, finding } of untold.flatMap((page) => page.untold))
      log.info(`finding ${is}`, { finding });
    return news.map(({ detail }) => detail.id);
  };

  return async (_event: unknown, { now }: Now) => {
    const [{ plane, unread, failures }, known, before] = await Promise.all([
      planes.survey(),
      readKnown(),
      findings.pages(),
    ]);
    const found = plane ? judgeDataPlane(plane, { now, policy, known }) : [];
    const pages: FindingPage[] = [];
    for (const page of turnPages(before, found, unread, now)) pages.push(await findings.save(page, now));
    const news = await tell(pages, now);

    const open = countOpen(pages, now);
    for (const severity of severities) log.count(`Findings_${severity}`, open[severity]);
    log.count('NodesSeen', nodesIn(plane));
    if (failures.length > 0)
      throw new AggregateError(
        failures,
        `not all of the data plane could be read (failures: ${failures.length}); the rest was audited`,
      );
    return {
      clusters: plane?.clusters.length ?? 0,
      nodes: nodesIn(plane),
      open,
      byRule: countRules(found),
      news,
      findings: found.slice(0, mostShown).map(toLine),
    };
  };
};

const settings = readSettings({ TABLE_NAME: text, BUS_NAME: text, AWS_REGION: text });
const table = dynamoDbTable(new DynamoDBClient(patience), settings.TABLE_NAME);
const reading = {
  planes: awsDataPlanes(new EKSClient(patience), new EC2Client(patience)),
  log,
  region: settings.AWS_REGION,
};
const audit = auditNodes(
  {
    ...reading,
    book: tableBook(table, settings.AWS_REGION),
    findings: tableFindings(table, settings.AWS_REGION, foundBy),
    bus: eventBridgeBus(new EventBridgeClient(patience), settings.BUS_NAME),
  },
  policy,
);
const dryRun = auditNodes({ ...reading, book: noBook, findings: noFindings, bus: noBus }, policy);

export const handler = entry(auditRequest, (event: v.InferOutput<typeof auditRequest>, now) =>
  event.dryRun ? dryRun(event, now) : audit(event, now),
);
