/**
 * What AWS asks for what Drydock uses: dollars for a unit, in us-east-1, without any free tier.
 *
 * Other regions differ by up to a quarter. `source` says where the price was read, `confirmed` whether there:
 * AWS's own pages give prices by script, so that most were read on pages that quote them. Checked 2026-11-26.
 *
 * Pure.
 */
export type Price = {
  readonly what: string;
  readonly dollars: number;
  /** How many of what the price is for. */
  readonly per: number;
  readonly unit: string;
  readonly source: string;
  /** Found at the source; what is not is from memory. */
  readonly confirmed: boolean;
};

const million = 1_000_000;

export const prices = {
  lambdaRequests: {
    what: 'Lambda, requests',
    dollars: 0.2,
    per: million,
    unit: 'requests',
    source: 'git.mcrn.ar/mariano/lambda_local_runner, lambda-13-cost.md (2026-05)',
    confirmed: true,
  },
  lambdaGbSeconds: {
    what: 'Lambda, arm64',
    dollars: 0.0000133334,
    per: 1,
    unit: 'GB-seconds',
    source: 'cloudchipr.com/blog/aws-lambda-pricing',
    confirmed: true,
  },
  tableWrites: {
    what: 'DynamoDB, writes on demand',
    dollars: 0.625,
    per: million,
    unit: 'units of 1 KB',
    source: 'airbyte.com/data-engineering-resources/dynamodb-pricing (2025-07)',
    confirmed: true,
  },
  tableReads: {
    what: 'DynamoDB, reads on demand',
    dollars: 0.125,
    per: million,
    unit: 'units of 4 KB',
    source: 'airbyte.com/data-engineering-resources/dynamodb-pricing (2025-07)',
    confirmed: true,
  },
  tableStorage: {
    what: 'DynamoDB, storage',
    dollars: 0.25,
    per: 1,
    unit: 'GB-months',
    source: 'aws.amazon.com/dynamodb/pricing',
    confirmed: true,
  },
  tableRecovery: {
    what: 'DynamoDB, point-in-time recovery',
    dollars: 0.2,
    per: 1,
    unit: 'GB-months',
    source: 'aws.amazon.com/dynamodb/pricing/on-demand',
    confirmed: false,
  },
  events: {
    what: 'EventBridge, own events',
    dollars: 1,
    per: million,
    unit: 'events of 64 KB',
    source: 'cloudburn.io/blog/amazon-eventbridge-pricing (2026-03)',
    confirmed: true,
  },
  fifoRequests: {
    what: 'SQS, FIFO queue',
    dollars: 0.5,
    per: million,
    unit: 'requests',
    source: 'cloudburn.io/blog/amazon-sqs-pricing (2026-03)',
    confirmed: true,
  },
  queueRequests: {
    what: 'SQS, standard queue',
    dollars: 0.4,
    per: million,
    unit: 'requests',
    source: 'cloudburn.io/blog/amazon-sqs-pricing (2026-03)',
    confirmed: true,
  },
  metrics: {
    what: 'CloudWatch, own metrics',
    dollars: 0.3,
    per: 1,
    unit: 'metric-months',
    source: 'signoz.io/guides/cloudwatch-pricing (2026-02)',
    confirmed: true,
  },
  alarmMetrics: {
    what: 'CloudWatch, alarms',
    dollars: 0.1,
    per: 1,
    unit: 'metrics in alarms',
    source: 'c3x.dev/resources/aws/aws_cloudwatch_metric_alarm',
    confirmed: true,
  },
  dashboards: {
    what: 'CloudWatch, dashboard',
    dollars: 3,
    per: 1,
    unit: 'dashboards',
    source: 'factualminds.com/blog/amazon-cloudwatch-pricing (2026-06)',
    confirmed: true,
  },
  logs: {
    what: 'CloudWatch, logs taken in',
    dollars: 0.5,
    per: 1,
    unit: 'GB',
    source: 'factualminds.com/blog/amazon-cloudwatch-pricing (2026-06)',
    confirmed: true,
  },
  decrypts: {
    what: 'KMS, secrets of Slack',
    dollars: 0.03,
    per: 10_000,
    unit: 'requests',
    source: 'wring.co/blog/aws-kms-pricing-guide (2026-03)',
    confirmed: true,
  },
} as const satisfies Readonly<Record<string, Price>>;

export type Item = keyof typeof prices;
/** What is used of each in a month. */
export type Quantities = Readonly<Record<Item, number>>;

export const dollarsFor = (item: Item, quantity: number): number => {
  const { dollars, per } = prices[item];
  return (quantity / per) * dollars;
};
