/**
 * Audits the data plane: surveys every cluster once, judges it by every rule, and tells what opened,
 * worsened or was resolved since the last time.
 *
 * Runs daily and by hand; several targets, and the shares of a large one, are handed out. First it forgets what
 * was found in targets that left the policy. News is stored with the findings before it is published, and cleared
 * after, so that a run that dies anywhere is finished by the next. What could not be read is told by failing,
 * after all else was told. A dry run stores and tells nothing, hands nothing out, and needs nothing but leave to
 * read.
 */
import policy from '../infra/policy.yml';
import { awsDataPlanes } from './aws/data-plane-survey.ts';
import { dynamoDbClient } from './aws/dynamodb-client.ts';
import { tableFindings } from './aws/dynamodb-findings.ts';
import { tableBook, tableTargetsSeen } from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { ec2Client } from './aws/ec2-client.ts';
import { eksClient } from './aws/eks-client.ts';
import { isDenied, wordsOf } from './aws/errors.ts';
import { eventBridgeBus } from './aws/eventbridge-bus.ts';
import { eventBridgeClient } from './aws/eventbridge-client.ts';
import { perTarget, reachFor } from './aws/reach.ts';
import { workThrough } from './aws/work.ts';
import type { DataPlane } from './domain/data-plane.ts';
import { type Finding, severities } from './domain/finding.ts';
import { countOpen, type FindingPage, turnPages } from './domain/finding-book.ts';
import { findingNewsOf } from './domain/finding-news.ts';
import { knownOf } from './domain/node-group.ts';
import type { Policy } from './domain/policy.ts';
import type { Book, Bus, DataPlaneSurvey, DataPlanes, Findings, HandOut, Log } from './domain/ports.ts';
import { partKey } from './domain/round.ts';
import { judgeDataPlane } from './domain/rules.ts';
import { regionKey, type Target } from './domain/target.ts';
import { findUnreadable } from './domain/target-unreadable.ts';
import { sharesOf, type Task } from './domain/task.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { auditRequest } from './edge/events.ts';
import { leaveTargets } from './edge/leave-targets.ts';
import { noBook, noBus, noFindings } from './edge/nothing-kept.ts';
import { placeSettings, placesOf, readSettings, text } from './edge/settings.ts';
import { within } from './edge/within.ts';
import { type Work, workOr } from './edge/work.ts';

/** Of one target. */
type At = {
  readonly planes: DataPlanes;
  readonly book: Pick<Book, 'pages'>;
  readonly findings: Findings;
};

type Tools = {
  /** Where Drydock is deployed. */
  readonly home: Target;
  readonly targets: readonly Target[];
  readonly at: (target: Target) => At;
  readonly work: HandOut;
  readonly bus: Bus;
  readonly log: Log;
};

const foundBy = 'audit-nodes';

/** By hand the answer is all that a person sees; more would not fit a terminal. */
const mostShown = 100;

/** Of the fifteen that the function has. */
const mostSeconds = 12 * 60;

const nodesIn = (plane: DataPlane | undefined): number =>
  (plane?.clusters ?? []).reduce((sum, { nodes }) => sum + nodes.length, 0);

const countRules = (found: readonly Finding[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(found, ({ rule }) => rule)].map(([rule, { length }]) => [rule, length]));

const toLine = ({ severity, rule, sentence, suggestion }: Finding): string =>
  `${severity.padEnd(8)}  ${rule.padEnd(20)}  ${sentence} ${suggestion}`;

/** `whole`: of every cluster of the target, so that what is of no cluster any more is gone. */
type Look = {
  readonly target: Target;
  readonly clusters: ReadonlySet<string>;
  /** Handed out: their pages are not this look's. */
  readonly others?: ReadonlySet<string>;
  readonly whole: boolean;
  readonly share?: number | undefined;
};

const nothing: DataPlaneSurvey = { plane: undefined, unread: new Set(), failures: [] };

export const auditNodes = ({ home, targets, at, work, bus, log }: Tools, policy: Policy) => {
  /** Only what this look turned: what another share has found that one tells. */
  const tell = async (
    { target, share }: Look,
    { turned, kept }: { turned: readonly FindingPage[]; kept: readonly FindingPage[] },
    now: string,
  ) => {
    const { findings } = at(target);
    const untold = turned.filter((page) => page.untold.length > 0);
    const { account, region } = target;
    const where = { region, foundBy, ...(account !== home.account && { account }) };
    const news = findingNewsOf(turned, { ...where, ...(share !== undefined && { share }) }, now, kept);
    await bus.publish(news);
    for (const page of untold) await findings.save({ ...page, untold: [] }, now);
    for (const { is, finding } of untold.flatMap((page) => page.untold))
      log.info(`finding ${is}`, { finding });
    return news.map(({ detail }) => detail.id);
  };

  /** Turns the pages that the look is about; those of no cluster are the target's own. */
  const turn = async (
    look: Look,
    {
      found,
      unread,
      own,
    }: { found: readonly Finding[]; unread: ReadonlySet<string>; own: readonly Finding[] },
    now: string,
  ) => {
    const { target, clusters, others, whole } = look;
    const { findings } = at(target);
    const before = await findings.pages();
    const isMeant = ({ cluster }: FindingPage) =>
      cluster !== undefined &&
      (clusters.has(cluster) || (whole && own.length === 0 && !others?.has(cluster)));
    const turned = [
      ...turnPages(before.filter(isMeant), found, unread, now),
      ...(whole
        ? turnPages(
            before.filter(({ cluster }) => cluster === undefined),
            own,
            new Set(),
            now,
          )
        : []),
    ];
    const rest = before.filter((page) => !turned.some(({ cluster }) => cluster === page.cluster));
    const saved: FindingPage[] = [];
    for (const page of turned) saved.push(await findings.save(page, now));
    const kept = [...saved, ...rest];
    const news = await tell(look, { turned: saved, kept }, now);
    return { news, open: countOpen(kept, now), here: countOpen(saved, now) };
  };

  /** A target that cannot be read at all is a finding of its own; unless it refuses, the run fails too. */
  const unreadable = async (target: Target, failure: Error, now: string) => {
    const is = isDenied(failure) ? 'refused' : 'failed';
    const own = [findUnreadable(target, { is, words: wordsOf(failure) })];
    const look = { target, clusters: new Set<string>(), whole: true };
    const { news, open } = await turn(look, { found: [], unread: new Set(), own }, now);
    if (is === 'failed') throw failure;
    return { clusters: 0, nodes: 0, open, byRule: countRules(own), news, findings: own.map(toLine) };
  };

  const audit = async (look: Look, { plane, unread, failures }: DataPlaneSurvey, now: string) => {
    const known = knownOf(await at(look.target).book.pages());
    const found = plane ? judgeDataPlane(plane, { now, policy, known }) : [];
    const { news, open, here } = await turn(look, { found, unread, own: [] }, now);
    // Shares count what is theirs; added up they are the target's, and those the fleet's.
    const place = partKey({ target: look.target, ...(look.share !== undefined && { share: look.share }) });
    for (const severity of severities)
      log.measure(`Findings_${severity}`, here[severity], 'Count', { target: place });
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

  const survey = async ({ target, clusters = [], share }: Task) => {
    const surveyed = () => at(target).planes.survey(clusters, share !== undefined);
    return within(mostSeconds, `the survey of ${regionKey(target)}`, surveyed);
  };

  const lookAt = async (task: Task) => {
    const { target } = task;
    try {
      const names = task.clusters ?? (await at(target).planes.clusters());
      const shares = sharesOf(task, names);
      const [only] = shares;
      const whole = task.clusters === undefined;
      if (shares.length === 1 && only) {
        const seen = await survey(only);
        return { look: { target, clusters: new Set(names), whole, share: task.share }, seen };
      }
      await work.send(shares);
      return {
        look: { target, clusters: new Set<string>(), others: new Set(names), whole },
        seen: nothing,
      };
    } catch (failure) {
      return failure as Error;
    }
  };

  const auditTask = async (task: Task, now: string) => {
    const looked = await lookAt(task);
    return looked instanceof Error
      ? unreadable(task.target, looked, now)
      : audit(looked.look, looked.seen, now);
  };

  return async (asked: Work<unknown>, { now }: Now) => {
    if (asked.is === 'close round') return {};
    if (asked.is === 'task') return auditTask(asked.task, now);
    const tasks = targets.map((target): Task => ({ target }));
    const [only] = tasks;
    if (tasks.length === 1 && only) return auditTask(only, now);
    await work.send(tasks);
    return { handedOut: tasks.length };
  };
};

const settings = readSettings({ TABLE_NAME: text, BUS_NAME: text, WORK_QUEUE_URL: text, ...placeSettings });
const { home, targets, reach } = placesOf(settings, policy);
const reachOf = reachFor(reach, 'look');
const planesAt = perTarget((target) => awsDataPlanes(eksClient(reachOf(target)), ec2Client(reachOf(target))));
const table = dynamoDbTable(dynamoDbClient(), settings.TABLE_NAME);
const work = workThrough(settings.WORK_QUEUE_URL);
const bus = eventBridgeBus(eventBridgeClient(), settings.BUS_NAME);

const audit = auditNodes(
  {
    home,
    targets,
    at: (target) => ({
      planes: planesAt(target),
      book: tableBook(table, target.region),
      findings: tableFindings(table, { target, home }, foundBy),
    }),
    work,
    bus,
    log,
  },
  policy,
);
const dryRun = auditNodes(
  {
    home,
    targets,
    at: (target) => ({ planes: planesAt(target), book: noBook, findings: noFindings }),
    work,
    bus: noBus,
    log,
  },
  policy,
);

const leaveThem = leaveTargets({
  home,
  targets,
  seen: tableTargetsSeen(table),
  keptOf: (target) => ({
    [foundBy]: tableFindings(table, { target, home }, foundBy),
    'track-compliance': tableFindings(table, { target, home }, 'track-compliance'),
  }),
  bus,
});

/** One target after the other, whole. */
const tryOut = async (now: Now) => {
  const answers = [];
  for (const target of targets) {
    const task = { target, clusters: await planesAt(target).clusters() };
    answers.push(await dryRun({ is: 'task', task }, now));
  }
  const [only, ...others] = answers;
  return others.length === 0 ? only : answers;
};

export const handler = entry(workOr(auditRequest), async (asked, now) => {
  if (asked.is !== 'start') return audit(asked, now);
  if (asked.event.dryRun) return tryOut(now);
  await leaveThem(now.now);
  return audit(asked, now);
});
