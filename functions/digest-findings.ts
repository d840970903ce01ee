/**
 * Sums up the findings of the last week for people, for each channel that they are told in.
 *
 * Runs weekly and by hand. Reads what `audit-nodes` and `track-compliance` keep and changes nothing, so that
 * a run that dies is simply run again. A dry run tells nobody.
 */
import type * as v from 'valibot';
import policy from '../infra/policy.yml';
import { dynamoDbClient } from './aws/dynamodb-client.ts';
import { tableFindingPages } from './aws/dynamodb-findings.ts';
import { dynamoDbTable } from './aws/dynamodb-table.ts';
import { eventBridgeBus } from './aws/eventbridge-bus.ts';
import { eventBridgeClient } from './aws/eventbridge-client.ts';
import { digestsOf } from './domain/finding-digest.ts';
import type { Bus, FindingPages } from './domain/ports.ts';
import { minutesAfter } from './domain/time.ts';
import { entry, type Now } from './edge/entry.ts';
import { auditRequest } from './edge/events.ts';
import { placeSettings, placesOf, readSettings, text } from './edge/settings.ts';

type Tools = { readonly findings: FindingPages; readonly bus: Bus; readonly region: string };

/** As often as it runs (serverless.yml). */
const days = 7;

export const digestFindings =
  ({ findings, bus, region }: Tools) =>
  async ({ dryRun }: v.InferOutput<typeof auditRequest>, { now }: Now) => {
    const since = minutesAfter(now, -days * 24 * 60);
    const digests = digestsOf(await findings.all(), region, { since, now });
    if (!dryRun) await bus.publish(digests);
    return { digests: digests.map(({ detail }) => detail) };
  };

const settings = readSettings({ TABLE_NAME: text, BUS_NAME: text, ...placeSettings });
const { home, regions, targets } = placesOf(settings, policy);

export const handler = entry(
  auditRequest,
  digestFindings({
    findings: tableFindingPages(dynamoDbTable(dynamoDbClient(), settings.TABLE_NAME), targets, home),
    bus: eventBridgeBus(eventBridgeClient(), settings.BUS_NAME),
    region: regions.join(', '),
  }),
);
