/**
 * Opens one loopback endpoint for all services and takes every call through the same steps:
 * who calls what, whether its role allows it, what is scripted to fail, what the service answers, what the ledger notes.
 *
 * Knows that a signature's credential scope names service and region, and that Slack is told by its
 * path. Answers carry the simulated time, so that no SDK sees a skewed clock.
 *
 * Effect: listens on 127.0.0.1.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from './clock.ts';
import type { Deaths } from './deaths.ts';
import { type Asked, type Endpoint, notSimulated } from './endpoint.ts';
import type { Estate } from './estate.ts';
import { type Failure, type Faults, isDone, isSilent, refusalOf, serverErrorOf } from './faults.ts';
import type { Hangs } from './hangs.ts';
import type { Permissions } from './iam/permissions.ts';
import { asksFor } from './iam/requests.ts';
import type { Identities } from './identities.ts';
import type { Ledger } from './ledger.ts';
import { refuseFirst } from './refused-entry.ts';
import { type Caller, Refusal } from './service.ts';
import type { WireAnswer, WireRequest } from './wire.ts';
import { signedAs } from './wires.ts';

export type House = {
  readonly clock: Clock;
  readonly estate: Estate;
  readonly permissions: Permissions;
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  readonly faults: Faults;
  readonly deaths: Deaths;
  readonly hangs: Hangs;
  readonly identities: Identities;
  readonly ledger: Ledger;
  readonly pace: Pace;
};

/** How long every answer takes, in real time. */
export type Pace = { callMs: number };

type Told = { readonly service: string; readonly caller: Caller };

const scope = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request/;

const receive = async (incoming: IncomingMessage): Promise<WireRequest> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? 'GET',
    url: new URL(incoming.url ?? '/', 'http://cloud'),
    headers: incoming.headers as Record<string, string | undefined>,
    body: Buffer.concat(chunks).toString(),
  };
};

const whoCalls = (request: WireRequest, identities: Identities): Told | undefined => {
  if (request.url.pathname.startsWith('/slack/')) {
    return { service: 'slack', caller: { account: 'slack', region: 'slack' } };
  }
  const [, accessKeyId, region, signed] = scope.exec(request.headers.authorization ?? '') ?? [];
  if (!accessKeyId || !region || !signed) return undefined;
  const caller = { account: identities.of(accessKeyId).account, region, accessKeyId };
  return { service: signedAs[signed] ?? signed, caller };
};

const plain = (status: number, name: string, message: string): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': name },
  body: JSON.stringify({ __type: name, message }),
  error: name,
});

/** A connection that is cut off, or one that nothing is ever said on: to the dead, or to who waits. */
type Silence = 'cut off' | 'held' | 'hangs';

const attend = async (house: House, request: WireRequest): Promise<WireAnswer | Silence> => {
  const told = whoCalls(request, house.identities);
  const answer = await consider(house, request, told);
  return house.deaths.isDead(house.identities.ownerOf(told?.caller.accessKeyId)) ? 'held' : answer;
};

const consider = async (
  house: House,
  request: WireRequest,
  told: Told | undefined,
): Promise<WireAnswer | Silence> => {
  if (!told)
    return plain(403, 'MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  const endpoint = house.endpoints[told.service];
  if (!endpoint) {
    const { name, message } = notSimulated(told.service, request.url.pathname);
    house.ledger.note(
      { at: house.clock.now(), service: told.service, operation: '?', input: {}, outcome: name },
      told.caller,
    );
    return plain(501, name, message);
  }
  return serve(house, endpoint, told, request);
};

const serve = async (
  house: House,
  endpoint: Endpoint,
  { service, caller }: Told,
  request: WireRequest,
): Promise<WireAnswer | Silence> => {
  const owner = house.identities.ownerOf(caller.accessKeyId);
  if (house.deaths.isDead(owner)) return 'held';
  let asked = { operation: '?', input: {} as unknown };
  let failure: Failure | undefined;
  let answer: WireAnswer;
  try {
    asked = endpoint.read(request);
    await mustBeAllowed(house, service, asked, caller);
    const invocation = request.headers['amz-sdk-invocation-id'];
    failure = house.faults.next(service, asked.operation, asked.input, caller, invocation);
    const refusal = failure && refusalOf(failure, service);
    if (refusal) throw refusal;
    const act = (what: Asked) => endpoint.answer(what, caller, request);
    answer = cutOff;
    if (failure === 'refusesOne') answer = await refuseFirst(service, asked, act);
    else if (isDone(failure)) answer = await act(asked);
  } catch (error) {
    answer = endpoint.refuse(error instanceof Refusal ? error : broken(house.ledger, error as Error));
  }
  const outcome = answer.error ?? 'ok';
  house.ledger.note({ at: house.clock.now(), service, ...asked, outcome }, caller);
  if (failure || answer.error) house.ledger.troubles++;
  const isHidden = failure === 'failsAfterDoingIt' || failure === 'keepsFailingAfterDoingIt';
  if (isHidden && !answer.error) return endpoint.refuse(serverErrorOf(service));
  if (!isSilent(failure)) return answer;
  if (failure === 'timeOut') return 'cut off';
  if (failure === 'hangs') return 'hangs';
  house.deaths.die(owner);
  return 'held';
};

/** What a role does not allow is refused, as IAM does it; who has no role may do anything. */
const mustBeAllowed = async (
  { identities, permissions, estate }: House,
  service: string,
  { operation, input }: { readonly operation: string; readonly input: unknown },
  caller: Caller,
): Promise<void> => {
  const { role, arn } = identities.of(caller.accessKeyId ?? '');
  if (!role || !permissions.governs(role)) return;
  for (const ask of asksFor(service, operation, { input, caller, estate })) {
    if (await permissions.check(role, ask)) continue;
    const what = `${arn} is not authorized to perform: ${ask.action} on resource: ${ask.resource}`;
    throw new Refusal('AccessDeniedException', `User: ${what}`, { status: 403 });
  }
};

const cutOff: WireAnswer = { status: 0, headers: {}, body: '', error: 'TimeOut' };

const broken = (ledger: Ledger, error: Error): Refusal => {
  ledger.broken.push(error);
  return new Refusal('SimulationBroken', error.stack ?? error.message, { status: 501 });
};

const send = (response: ServerResponse, { status, headers, body }: WireAnswer, now: Date): void => {
  response.writeHead(status, {
    date: now.toUTCString(),
    'x-amzn-requestid': '00000000-0000-4000-8000-000000000000',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
};

export type Door = { readonly url: string; close(): Promise<void> };

export const openFrontDoor = async (house: House, port = 0): Promise<Door> => {
  const held = new Set<Socket>();
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    house.hangs.arrive();
    const answer = await attend(house, await receive(incoming)).finally(() => house.hangs.leave());
    if (house.pace.callMs > 0) await setTimeout(house.pace.callMs);
    if (answer === 'cut off') incoming.socket.destroy();
    else if (answer === 'held') held.add(incoming.socket);
    else if (answer === 'hangs') house.hangs.hold(incoming.socket);
    else send(response, answer, house.clock.now());
  };
  // A caller that goes away before its request is read (a Lambda that is cut off) is no concern of ours.
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => incoming.socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((opened) => server.listen(port, '127.0.0.1', opened));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    // Nothing is said to the dead at the end either: they would try again, and complain.
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        house.hangs.clear();
        if (held.size === 0) return server.closeAllConnections();
        server.closeIdleConnections();
        for (const socket of held) socket.unref();
        closed();
      }),
  };
};
