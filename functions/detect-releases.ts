/**
 * Finds new and withdrawn AMI releases: reads the parameters of every source in use, compares with
 * what was seen before, and tells.
 *
 * Runs every 15 minutes, and on any message that says "look now". The first run finds out what is
 * in use; later `plan-rollouts` keeps that list.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SSMClient } from '@aws-sdk/client-ssm';
import policy from '../infra/policy.yml';
import { tableBook } from './aws/dynamodb-stores.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { ec2Images } from './aws/ec2-images.ts';
import { eksFleet } from './aws/eks-fleet.ts';
import { eventBridgeBus } from './aws/eventbridge-bus.ts';
import { patience } from './aws/patience.ts';
import { ssmParameters } from './aws/ssm-parameters.ts';
import { releaseNewsOf } from './domain/news.ts';
import { sourcesOf } from './domain/node-group.ts';
import type { Policy } from './domain/policy.ts';
import type { Book, Bus, Fleet, Images, Log, Parameters } from './domain/ports.ts';
import { type ReleaseSource, sourceKey } from './domain/release.ts';
import { type BookPage, type Reading, takeDown } from './domain/release-book.ts';
import { entry, log, type Now } from './edge/entry.ts';
import { lookNow } from './edge/events.ts';
import { readSettings, text } from './edge/settings.ts';

type Tools = {
  readonly fleet: Fleet;
  readonly images: Images;
  readonly parameters: Parameters;
  readonly book: Book;
  readonly bus: Bus;
  readonly log: Log;
  readonly region: string;
};

type InUse = { readonly sources: readonly ReleaseSource[]; readonly failures: readonly Error[] };

export const detectReleases = (
  { fleet, images, parameters, book, bus, log, region }: Tools,
  policy: Policy,
) => {
  /** A survey with gaps is not stored, so that the next run tries again; what it found is used all the same. */
  const findSources = async (): Promise<InUse> => {
    const known = await book.sourcesInUse();
    if (known) return { sources: known, failures: [] };
    const { groups, failures } = await fleet.all();
    const sources = sourcesOf(groups, policy);
    if (failures.length === 0) await book.saveSourcesInUse(sources);
    return { sources, failures };
  };

  /** Own images have no version: when they were made is their order. */
  const withImageDates = async (readings: readonly Reading[]): Promise<readonly Reading[]> => {
    const own = readings.flatMap((reading) =>
      reading.is === 'named' && reading.version === undefined ? [reading.imageId] : [],
    );
    if (own.length === 0) return readings;
    const facts = await images.read(own);
    return readings.map((reading) => {
      const createdAt = reading.is === 'named' ? facts.get(reading.imageId)?.createdAt : undefined;
      return reading.is === 'named' && createdAt ? { ...reading, imageCreatedAt: createdAt } : reading;
    });
  };

  const turn = async (page: BookPage | undefined, source: ReleaseSource, reading: Reading, now: string) => {
    const first = !page || page.releases.length === 0;
    const history =
      first && reading.is === 'named' ? await withImageDates(await parameters.history(source)) : [];
    const taken = takeDown(page, source, reading, history, now);
    return taken === page ? page : book.save(taken);
  };

  return async (_event: unknown, { now }: Now) => {
    const { sources, failures } = await findSources();
    const pages = new Map((await book.pages()).map((page) => [sourceKey(page.source), page]));
    const readings = await withImageDates(await parameters.read(sources));
    const turned: BookPage[] = [];
    for (const [i, source] of sources.entries()) {
      const reading = readings[i];
      if (!reading) continue;
      const page = pages.get(sourceKey(source));
      const taken = await turn(page, source, reading, now);
      turned.push(taken);
      if (taken !== page)
        log.info('release source changed', { source: sourceKey(source), reading, untold: taken.untold });
    }

    const untold = turned.filter((page) => page.untold.length > 0);
    const news = releaseNewsOf(untold, region, policy.releases.minimumAgeDays, now);
    await bus.publish(news);
    for (const page of untold) await book.save({ ...page, untold: [] });
    log.count('SourcesRead', sources.length);
    if (failures.length > 0)
      throw new AggregateError(
        failures,
        `${failures.length} parts of the fleet could not be read; the rest was looked at`,
      );
    return { sources: sources.length, news: news.map(({ detail }) => detail.id) };
  };
};

const settings = readSettings({ TABLE_NAME: text, BUS_NAME: text, AWS_REGION: text });
const ec2 = ec2Images(new EC2Client(patience));

export const handler = entry(
  lookNow,
  detectReleases(
    {
      fleet: eksFleet(new EKSClient(patience), ec2),
      images: ec2,
      parameters: ssmParameters(new SSMClient(patience)),
      book: tableBook(dynamoDbTable(new DynamoDBClient(patience), settings.TABLE_NAME), settings.AWS_REGION),
      bus: eventBridgeBus(new EventBridgeClient(patience), settings.BUS_NAME),
      log,
      region: settings.AWS_REGION,
    },
    policy,
  ),
);
