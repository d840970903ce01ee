/**
 * Finds new and withdrawn AMI releases: reads the parameters of the sources in use and what EC2 says
 * of their images, compares with what was seen before, and tells.
 *
 * Runs every 15 minutes, and when a message or a change of a parameter says so (domain/trigger.ts). Each region
 * is read once, whatever accounts are looked after there, from the account that Drydock is deployed in; several
 * regions are handed out. The first run finds out what is in use; later `plan-rollouts` keeps that list. What
 * another run wrote meanwhile is left to that run.
 */
import policy from '../infra/policy.yml';
import { fleetAcross } from './aws/across.ts';
import { dynamoDbClient } from './aws/dynamodb-client.ts';
import { tableBook } from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { ec2Client } from './aws/ec2-client.ts';
import { ec2Images } from './aws/ec2-images.ts';
import { isDenied } from './aws/errors.ts';
import { eventBridgeBus } from './aws/eventbridge-bus.ts';
import { eventBridgeClient } from './aws/eventbridge-client.ts';
import { lazily } from './aws/lazily.ts';
import { patience } from './aws/patience.ts';
import { perTarget, reachFor } from './aws/reach.ts';
import { ssmClient } from './aws/ssm-client.ts';
import { ssmParameters } from './aws/ssm-parameters.ts';
import { workThrough } from './aws/work.ts';
import { type ImageVerdicts, judgeImages } from './domain/image.ts';
import { imagesInQuestion, type SourceInView } from './domain/images-in-question.ts';
import { releaseNewsOf } from './domain/news.ts';
import { sourcesOf } from './domain/node-group.ts';
import type { Policy } from './domain/policy.ts';
import type { Book, Bus, Fleet, HandOut, Images, Log, Parameters } from './domain/ports.ts';
import { type ReleaseSource, sourceKey, trainName } from './domain/release.ts';
import { type BookPage, takeDown } from './domain/release-book.ts';
import { releaseSilence } from './domain/release-silence.ts';
import type { Target } from './domain/target.ts';
import type { Instant } from './domain/time.ts';
import { regionsMeant, sourcesMeant, type Trigger, unnamedImages } from './domain/trigger.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { placeSettings, placesOf, readSettings, text } from './edge/settings.ts';
import { trigger } from './edge/triggers.ts';
import { type Work, workOr } from './edge/work.ts';

/** Of one region. */
type At = {
  readonly fleet: Pick<Fleet, 'all'>;
  readonly images: Images;
  readonly parameters: Parameters;
  readonly book: Book;
};

type Tools = {
  /** Where Drydock is deployed. */
  readonly home: Target;
  readonly regions: readonly string[];
  readonly at: (region: string) => At;
  readonly work: HandOut;
  readonly bus: Bus;
  readonly log: Log;
};

type InUse = { readonly sources: readonly ReleaseSource[]; readonly failures: readonly Error[] };

type InView = SourceInView & { readonly source: ReleaseSource };

type Run = {
  readonly now: Instant;
  readonly judge: (imageIds: readonly string[]) => Promise<ImageVerdicts>;
};

/** Detects in one region. */
const detectIn = (region: string, { at, bus, log }: Tools, policy: Policy) => {
  const { fleet, images, parameters, book } = at(region);

  /**
   * A survey with gaps is not stored, so that the next run tries again; what it found is used all the same. Nor is
   * an empty one that was refused something: it would pass for a region where nothing is in use.
   */
  const findSources = async (): Promise<InUse> => {
    const known = await book.sourcesInUse();
    if (known) return { sources: known, failures: [] };
    const { groups, failures: unread } = await fleet.all();
    // What a target that refuses has in use is known when it refuses no more; `audit-nodes` tells of it.
    const failures = unread.filter((failure) => !isDenied(failure));
    const sources = sourcesOf(groups, policy);
    const isEmptied = sources.length === 0 && unread.length > 0;
    if (failures.length === 0 && !isEmptied) await book.saveSourcesInUse(sources);
    return { sources, failures };
  };

  const view = async (sources: readonly ReleaseSource[]): Promise<readonly InView[]> => {
    const pages = new Map((await book.pages()).map((page) => [sourceKey(page.source), page]));
    const readings = await parameters.read(sources);
    return sources.flatMap((source, i) => {
      const reading = readings[i];
      return reading ? [{ source, reading, page: pages.get(sourceKey(source)) }] : [];
    });
  };

  /** What EC2 does not answer stays unknown: what the parameters say is taken down all the same. */
  const judging =
    (failures: Error[], now: Instant): Run['judge'] =>
    async (imageIds) => {
      try {
        return judgeImages(await images.look(imageIds), now);
      } catch (error) {
        failures.push(error as Error);
        return new Map();
      }
    };

  const take = async (
    { source, page, reading }: InView,
    verdicts: ImageVerdicts,
    { judge, now }: Run,
  ): Promise<BookPage> => {
    const isSound = reading.is === 'named' && verdicts.get(reading.imageId)?.is === 'sound';
    const history = isSound && !page?.releases.length ? await parameters.history(source) : [];
    const remembered = [reading, ...history].flatMap((one) => (one.is === 'named' ? [one.imageId] : []));
    const images = history.length > 0 ? await judge(remembered) : verdicts;
    const look = { reading, history, images, rule: policy.releases, now };
    const taken = takeDown(page, source, look);
    if (!taken.releases.some(({ withdrawnAt }) => withdrawnAt === now)) return taken;
    // What a rollout would choose instead was perhaps never asked about.
    const rest = await judge(taken.releases.map(({ imageId }) => imageId));
    return takeDown(page, source, { ...look, images: new Map([...images, ...rest]) });
  };

  /** Answers `undefined` when another run has written the page meanwhile. */
  const turn = async (one: InView, verdicts: ImageVerdicts, run: Run) => {
    const { source, page, reading } = one;
    const taken = await take(one, verdicts, run);
    if (taken === page) return page;
    const { problem, untold, releases } = taken;
    const withdrawn = releases
      .filter(({ withdrawnAt }) => withdrawnAt === run.now)
      .map((release) => ({ train: trainName(release.train), why: release.withdrawnBecause }));
    log.info('release source changed', { source: sourceKey(source), reading, problem, withdrawn, untold });
    return book.save(taken);
  };

  const turnAll = async (seen: readonly InView[], run: Run): Promise<readonly BookPage[]> => {
    const verdicts = await run.judge(imagesInQuestion(seen, policy.releases, run.now));
    const turned: BookPage[] = [];
    for (const one of seen) {
      const page = await turn(one, verdicts, run);
      if (page) turned.push(page);
    }
    return turned;
  };

  const tell = async (pages: readonly BookPage[], now: Instant): Promise<readonly string[]> => {
    const untold = pages.filter((page) => page.untold.length > 0);
    const news = releaseNewsOf(untold, region, policy.releases.minimumAgeDays, now);
    await bus.publish(news);
    for (const page of untold) await book.save({ ...page, untold: [] });
    return news.map(({ detail }) => detail.id);
  };

  return async (trigger: Trigger, now: Instant) => {
    const { sources: inUse, failures: unread } = await findSources();
    const failures = [...unread];
    const seen = await view(sourcesMeant(trigger, inUse, region));
    const turned = await turnAll(seen, { now, judge: judging(failures, now) });
    const news = await tell(turned, now);
    const unnamed = unnamedImages(
      trigger,
      seen.map(({ reading }) => reading),
      region,
    );
    if (unnamed.length > 0) log.info('no parameter in use names the new images', { images: unnamed });
    log.count('SourcesRead', seen.length);
    const silence = releaseSilence(turned, now);
    if (trigger.is === 'look now' && silence !== undefined)
      log.measure('ReleaseSilence', silence, 'Percent', {});
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} reads failed; the rest was taken down`);
    return { sources: seen.length, news };
  };
};

export const detectReleases = (tools: Tools, policy: Policy) => {
  const { home, regions, work } = tools;
  return async (asked: Work<Trigger>, { now }: Now) => {
    if (asked.is === 'close round') return {};
    if (asked.is === 'task')
      return detectIn(asked.task.target.region, tools, policy)({ is: 'look now' }, now);
    const meant = regionsMeant(asked.event, regions, home.region);
    const [only, ...others] = meant;
    if (only === undefined) return { sources: 0, news: [] };
    if (others.length === 0) return detectIn(only, tools, policy)(asked.event, now);
    await work.send(meant.map((region) => ({ target: { ...home, region } })));
    return { handedOut: meant.length };
  };
};

const settings = readSettings({ TABLE_NAME: text, BUS_NAME: text, WORK_QUEUE_URL: text, ...placeSettings });
const { home, targets, regions, reach } = placesOf(settings, policy);
const reachOf = reachFor(reach, 'look');
const fleetAt = perTarget((target) =>
  lazily(async () => (await import('./aws/groups-at.ts')).groupsAt(reachOf(target)).fleet),
);
const table = dynamoDbTable(dynamoDbClient(), settings.TABLE_NAME);

export const handler = entry(
  workOr(trigger),
  detectReleases(
    {
      home,
      regions,
      at: (region) => ({
        fleet: fleetAcross(
          targets.filter((target) => target.region === region),
          fleetAt,
        ),
        images: ec2Images(ec2Client({ ...patience, region })),
        parameters: ssmParameters(ssmClient({ ...patience, region })),
        book: tableBook(table, region),
      }),
      work: workThrough(settings.WORK_QUEUE_URL),
      bus: eventBridgeBus(eventBridgeClient(), settings.BUS_NAME),
      log,
    },
    policy,
  ),
);
