/** Hostile news and requests, at the built functions that meet them: nothing blocks, nothing is asked for. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../cloud/service.ts';
import { changed, mangled, samplesIn, secret } from '../hostile.ts';
import { policyWith, type Story, tellStory } from './story.ts';

const samples = samplesIn('events/samples');
const logsSince = ({ stack }: Story, before: number) => JSON.stringify(stack.logs.slice(before));

it('news in the queue is told or counted as dropped, however mangled, and what is behind it is told', async () => {
  const story = await tellStory();
  const { cloud, stack } = story;
  const halted = samples.find((one) => (one as Record<string, unknown>)['detail-type'] === 'Rollout Halted');
  let number = 0;
  await fc.assert(
    fc.asyncProperty(mangled(samples), async (one) => {
      const before = stack.logs.length;
      const rollout = `al2023-v${number++}`;
      const behind = changed(
        changed(halted, ['detail', 'id'], `${rollout}#9`),
        ['detail', 'rollout'],
        rollout,
      );
      const Records = [one, behind].map((body, i) => ({
        messageId: `${number}-${i}`,
        body: JSON.stringify(body),
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: String(cloud.clock.now().getTime()),
        },
      }));
      const had = cloud.slack.messages().length;
      const { told } = (await stack.invoke('notify-slack', { Records })) as { told: number };
      const isDropped = logsSince(story, before).includes('EventDropped');
      expect(told).toBeGreaterThanOrEqual(1);
      if (isDropped) expect(told).toBe(1);
      expect(cloud.slack.messages().length).toBeGreaterThan(had);
      expect(logsSince(story, before)).not.toContain('xoxb-simulated');
      // News is logged by its id, whatever that says.
      const { id } = ((one ?? {}) as { detail?: { id?: unknown } }).detail ?? {};
      if (id !== secret) expect(logsSince(story, before)).not.toContain(secret);
    }),
    { numRuns: 150 },
  );
  expect(cloud.broken).toEqual([]);
});

it.each([
  ['a thread that is no message', '1.2', undefined],
  ['a thread that was locked', undefined, 'restricted_action_thread_locked'],
  ['a channel to read only', undefined, 'restricted_action_read_only_channel'],
])('an answer wanted in %s is told in the channel, and what is behind it too', async (_case, ts, code) => {
  const { cloud, stack } = await tellStory();
  const { channel, ts: first } = cloud.slack.post('C0DRYDOCK', { text: 'Good morning', blocks: [] });
  const done = samples.find((one) => (one as Record<string, unknown>)['detail-type'] === 'Command Done');
  if (code)
    cloud.faults.add({
      service: 'slack',
      operation: 'chat.postMessage',
      when: (input) => 'thread_ts' in input,
      times: 'always',
      as: new Refusal(code, ''),
    });
  const wanted = changed(done, ['detail', 'replyIn'], { channel, thread: ts ?? first });
  const behind = changed(changed(done, ['detail', 'id'], 'behind'), ['detail', 'replyIn'], undefined);
  const Records = [wanted, behind].map((body, i) => ({
    messageId: String(i),
    body: JSON.stringify(body),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(cloud.clock.now().getTime()) },
  }));
  expect(await stack.invoke('notify-slack', { Records })).toEqual({ told: 2 });
  const answers = cloud.slack.messages().filter(({ text }) => text !== 'Good morning');
  expect(answers.map(({ thread_ts }) => thread_ts)).toEqual([undefined, undefined]);
});

describe('a request to the address for buttons', () => {
  const signingSecret = 'simulated-signing-secret';
  const anna = 'U0ANNA';
  const mallory = 'U0MALLORY';
  const policy = policyWith(['  allow: {}', `  allow: { stop: [${anna}] }`]);

  const responseUrl = 'https://hooks.slack.com/actions/T0/1/x';
  const payload = {
    type: 'block_actions',
    user: { id: anna, username: 'anna' },
    container: { message_ts: '1784527200.000100' },
    channel: { id: 'C0DRYDOCK' },
    response_url: responseUrl,
    actions: [
      {
        action_id: 'drydock-stop',
        action_ts: '1784527300.000200',
        value: JSON.stringify({ ask: { command: 'stop', rollout: 'r' }, shows: 'r#4' }),
      },
    ],
  };
  const formOf = (one: unknown) => new URLSearchParams({ payload: JSON.stringify(one) }).toString();

  const carrying = (value: unknown) =>
    formOf({ ...payload, actions: [{ ...payload.actions[0], value: JSON.stringify(value) }] });

  type Request = {
    readonly body: string;
    readonly at?: string;
    readonly signature?: string;
    readonly contentType?: string;
    /** Lambda hands it over in base64. */
    readonly inBase64?: boolean;
  };
  const open = async () => {
    const story = await tellStory(undefined, { policy });
    const seconds = String(Math.floor(story.cloud.clock.now().getTime() / 1000));
    /** With an address to answer at that Slack has just made. */
    const answerable = (body: string) => {
      const { slack, url } = story.cloud;
      const fresh = `${url}${slack.awaitAnswer({ channel: 'C0DRYDOCK', user: anna })}`;
      return body.replaceAll(encodeURIComponent(responseUrl), encodeURIComponent(fresh));
    };
    const sign = (body: string, at = seconds, key = signingSecret) =>
      `v0=${createHmac('sha256', key).update(`v0:${at}:${body}`).digest('hex')}`;
    const post = async ({ body, at = seconds, signature = sign(body), ...how }: Request) => {
      const { contentType = 'application/x-www-form-urlencoded', inBase64 = false } = how;
      const before = story.stack.logs.length;
      const headers = {
        'content-type': contentType,
        'x-slack-request-timestamp': at,
        'x-slack-signature': signature,
      };
      const event = {
        headers,
        body: inBase64 ? Buffer.from(body).toString('base64') : body,
        isBase64Encoded: inBase64,
      };
      const { statusCode } = await (
        story.stack.invoke('answer-slack', event) as Promise<{ statusCode: number }>
      ).catch((error: Error) => {
        expect(error.message).toBe('the address to answer at is not Slack’s');
        return { statusCode: 500 };
      });
      expect(logsSince(story, before)).not.toContain(signingSecret);
      expect(logsSince(story, before)).not.toContain('xoxb-simulated');
      return statusCode;
    };
    return { story, seconds, sign, post, answerable };
  };

  it('is refused unless its signature is that of its very bytes, made just now', async () => {
    const { story, seconds, sign, post, answerable } = await open();
    const body = answerable(formOf(payload));
    const old = String(Number(seconds) - 301);
    const forged: fc.Arbitrary<Request> = fc.oneof(
      fc.stringMatching(/^[ -~]{0,80}$/).map((signature) => ({ body, signature })),
      fc.stringMatching(/^v0=[0-9a-f]{64}$/).map((signature) => ({ body, signature })),
      fc.string().map((key) => ({ body, signature: sign(body, seconds, `${key}!`) })),
      fc.string({ minLength: 1 }).map((more) => ({ body: body + more, signature: sign(body) })),
      fc.stringMatching(/^[ -~]{0,20}$/).map((at) => ({ body, at, signature: sign(body, at) })),
      fc.constant({ body, at: old, signature: sign(body, old) }),
    );
    await fc.assert(
      fc.asyncProperty(forged, async (request) => {
        expect(await post(request)).toBe(401);
      }),
      { numRuns: 150 },
    );
    expect(await post({ body: 'x'.repeat(256 * 1024 + 1) })).toBe(413);
    expect(story.told('Command Requested')).toEqual([]);
    expect(await post({ body })).toBe(200);
    expect(story.told('Command Requested').length).toBe(1);
  });

  it('that Slack signed is answered whatever it holds, and asks for nothing that its sender may not', async () => {
    const { story, post, answerable } = await open();
    const bodies = fc.oneof(
      fc.string(),
      mangled([payload]).map(formOf),
      fc
        .constantFrom('view_submission', 'shortcut', 'message_action', 'block_suggestion')
        .map((type) => formOf({ ...payload, type })),
      mangled([{ ask: { command: 'stop', rollout: 'r' }, shows: 'r#4' }]).map(carrying),
      fc
        .constantFrom('roll-now', 'abandon', 'resume', 'roll-back', 'patch-now', 'hold', '__proto__')
        .map((name) => carrying({ ask: { command: name, rollout: 'r', by: mallory }, shows: 'x' })),
      fc.constant(carrying({ ask: { command: 'stop', by: mallory, why: secret }, shows: 'y' })),
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const isElsewhere = !body.includes(encodeURIComponent(responseUrl));
        const status = await post({ body: answerable(body) });
        expect(isElsewhere ? [200, 400, 500] : [200, 400]).toContain(status);
      }),
      { numRuns: 150 },
    );
    const asked = story.told('Command Requested').map(({ command }) => command as Record<string, unknown>);
    expect(asked.length).toBeGreaterThan(0);
    for (const { command, by, why } of asked) {
      expect([command, why]).toEqual(['stop', 'A button in Slack.']);
      expect(by).toMatch(/\(Slack U0ANNA\)$/);
    }
  });

  it('is read however it is handed over, and is a form or nothing', async () => {
    const { story, post, answerable, sign } = await open();
    const body = answerable(formOf(payload));
    const asked = () => story.told('Command Requested').length;
    const json = JSON.stringify(payload);
    expect(await post({ body: json, contentType: 'application/json' })).toBe(400);
    expect(await post({ body: json, contentType: 'application/json', inBase64: true })).toBe(400);
    expect(await post({ body: '', inBase64: true })).toBe(400);
    expect(await post({ body, signature: sign(`${body} `), inBase64: true })).toBe(401);
    // The signature is that of the form, and what came is its base64.
    expect(await post({ body: Buffer.from(body).toString('base64'), signature: sign(body) })).toBe(401);
    // Less than the limit, and more in base64.
    expect(await post({ body: 'x'.repeat(200 * 1024), inBase64: true })).toBe(413);
    expect(asked()).toBe(0);
    expect(await post({ body, inBase64: true })).toBe(200);
    expect(await post({ body, contentType: 'text/plain' })).toBe(200);
    // The same press of the same button, twice: told twice on the bus under one id, and one command.
    const ids = story.told('Command Requested').map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  });
});
