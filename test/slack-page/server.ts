/**
 * Serves the page on 127.0.0.1, presses buttons for it as Slack does, and lets time pass.
 *
 * One request after the other, as there is one clock. Only what this page itself sends is taken: a page of
 * elsewhere cannot press a button here.
 *
 * Effect: listens; presses buttons in the simulated workspace; moves the simulated clock.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pLimit from 'p-limit';
import * as v from 'valibot';
import type { Cloud } from '../cloud/cloud.ts';
import type { Deployment } from '../cloud/deployment.ts';
import type { Viewer } from './message.ts';
import { address, pageHtml } from './page.ts';

type Scene = { readonly cloud: Cloud; readonly stack: Pick<Deployment, 'runUntil'> };

const longestBody = 10_000;
/** What a command needs until its answer is in the thread: bus, control, a tick, the queue. */
const minutesAfterPress = 10;

const viewer = {
  user: v.optional(v.string(), 'U0ALICE'),
  channel: v.optional(v.string(), ''),
  thread: v.optional(v.string(), ''),
};
const look = v.object(viewer);
const press = v.object({ ...viewer, in: v.string(), ts: v.string(), block: v.string(), action: v.string() });
const wait = v.object({
  ...viewer,
  minutes: v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(1), v.maxValue(7 * 24 * 60)),
});

class WrongForm extends Error {}

const readForm = async (request: IncomingMessage): Promise<Record<string, string>> => {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > longestBody) throw new WrongForm('the form is too long');
  }
  return Object.fromEntries(new URLSearchParams(body));
};

/** The name of another site in these headers means that it asks, or made a name of its own for this address. */
const isOurs = ({ headers }: IncomingMessage, port: number): boolean => {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = '', origin } = headers;
  return hosts.includes(host) && (origin === undefined || hosts.some((one) => origin === `http://${one}`));
};

export const servePage = async ({ cloud, stack }: Scene, port: number) => {
  const { slack } = cloud;
  const pass = (minutes: number) => stack.runUntil(new Date(slack.now().getTime() + minutes * 60_000));
  const oneByOne = pLimit(1);

  const settle = (asked: Viewer): Viewer => ({
    ...asked,
    channel: slack.channel(asked.channel)?.id ?? slack.channels()[0]?.id ?? '',
  });

  const answer = async (request: IncomingMessage, response: ServerResponse, at: URL) => {
    const back = (to: Viewer) => response.writeHead(303, { location: address(to) }).end();
    if (request.method === 'GET' && at.pathname === '/') {
      const html = pageHtml(slack, settle(v.parse(look, Object.fromEntries(at.searchParams))));
      const headers = {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
      };
      return response.writeHead(200, headers).end(html);
    }
    if (request.method === 'POST' && at.pathname === '/press') {
      const asked = v.parse(press, await readForm(request));
      const { in: channel, ts, block: blockId, action: actionId, user } = asked;
      await cloud.press({ channel, ts, blockId, actionId, user });
      await pass(minutesAfterPress);
      return back(asked);
    }
    if (request.method === 'POST' && at.pathname === '/wait') {
      const asked = v.parse(wait, await readForm(request));
      await pass(asked.minutes);
      return back(asked);
    }
    return response.writeHead(404).end();
  };

  const server = createServer((request, response) => {
    const { port: own } = server.address() as AddressInfo;
    if (!isOurs(request, own)) return void response.writeHead(403).end();
    const at = new URL(request.url ?? '/', `http://127.0.0.1:${own}`);
    oneByOne(() => answer(request, response, at)).catch((error: unknown) => {
      const status = error instanceof WrongForm || v.isValiError(error) ? 400 : 500;
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(String(error));
    });
  });
  await new Promise<void>((done, fail) => server.once('error', fail).listen(port, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
};
