/**
 * `npm run slack`: shows a rehearsal in Slack's clothes, with buttons that work.
 *
 * Lets the sample fleet's first rollout go on until its last wave asks for approval, and then waits for whoever
 * looks at the page: each button is pressed in the simulated Slack, signed, and answered by the built functions.
 *
 * Effect: listens on 127.0.0.1 and writes to standard output until it is interrupted.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMap, isSeq, parseDocument } from 'yaml';
import { startCloud } from '../cloud/cloud.ts';
import { deploy } from '../cloud/deployment.ts';
import { readJson } from '../rehearsal/checked.ts';
import { checkFleet } from '../rehearsal/fleet.ts';
import { furnish } from '../rehearsal/furnish.ts';
import { region } from '../rehearsal/place.ts';
import { shelfAt, usualPolicy } from '../rehearsal/rehearse.ts';
import { servePage } from './server.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '3000' } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port ${values.port} is no port`);

const from = new Date('2026-06-01T00:00:00Z');
const dayMs = 24 * 3_600_000;
const mostDays = 42;

/** The usual policy, but the last wave asks, and everybody in the channel may press every button. */
const askingPolicy = (): string => {
  const policy = parseDocument(readFileSync(usualPolicy, 'utf8'));
  const waves = policy.get('waves');
  const last = isSeq(waves) ? waves.items.at(-1) : undefined;
  if (!isMap(last)) throw new Error('the policy has no wave');
  last.set('approval', { timeoutHours: 96 });
  policy.setIn(['slack', 'allow'], { all: ['*'] });
  const file = join(mkdtempSync(join(tmpdir(), 'drydock-slack-')), 'policy.yml');
  writeFileSync(file, String(policy));
  return file;
};

const sampleFleet = () => {
  const read = readJson(join(import.meta.dirname, '../rehearsal/fleets/sample.json'));
  const fleet = read.is === 'good' ? checkFleet(read.value, shelfAt(from)) : read;
  if (fleet.is === 'bad') throw new Error(`the sample fleet is wrong: ${JSON.stringify(fleet.problems)}`);
  return fleet.value;
};

const cloud = await startCloud({ start: from });
cloud.shelf.scheduleOnto(cloud.clock, [region], { from, to: new Date(from.getTime() + 400 * dayMs) });
furnish(cloud, sampleFleet());
const stack = await deploy(cloud, { policy: askingPolicy() });
const asks = () => cloud.slack.messages().some(({ text }) => text.includes('asks for approval'));
for (let hours = 6; hours < mostDays * 24 && !asks(); hours += 6)
  await stack.runUntil(new Date(from.getTime() + hours * 3_600_000));

const { url } = await servePage({ cloud, stack }, port);
process.stdout.write(`Slack, as Drydock’s rehearsal sees it: ${url}\nStop with Ctrl-C.\n`);
