/**
 * Opens the address of a function on loopback, as `AWS::Lambda::Url` does for the world.
 *
 * Knows the event that Lambda makes of a request (payload format 2.0): names of headers in lower case, the
 * body as text only where its type is one, otherwise in base64 (forms too); and what becomes of the
 * function's answer. docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html, checked 2026-11-24.
 *
 * Effect: listens on 127.0.0.1 until closed.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type UrlSpec = {
  readonly region: string;
  readonly now: () => Date;
  readonly invoke: (event: object) => Promise<unknown>;
};

type Answer = {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

const isText = (contentType: string): boolean =>
  /^(text\/|application\/(json|javascript|xml|.+\+(json|xml))\b)/.test(contentType);

const eventOf = async (request: IncomingMessage, { region, now }: UrlSpec): Promise<object> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const url = new URL(request.url ?? '/', 'http://function');
  const asText = isText(request.headers['content-type'] ?? '');
  const at = now();
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: request.headers,
    requestContext: {
      accountId: 'anonymous',
      apiId: 'simulated',
      domainName: `simulated.lambda-url.${region}.on.aws`,
      domainPrefix: 'simulated',
      http: {
        method: request.method,
        path: url.pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: crypto.randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: at.toISOString(),
      timeEpoch: at.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(asText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !asText,
  };
};

const send = (response: ServerResponse, answer: unknown): void => {
  const { statusCode, headers = {}, body = '' } = (answer ?? {}) as Answer;
  if (statusCode === undefined) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
    return;
  }
  response.writeHead(statusCode, { 'content-type': 'application/json', ...headers });
  response.end(body);
};

export type FunctionUrl = {
  /** Ends in a slash, as Lambda's do. */
  readonly url: string;
  close(): void;
};

export const openFunctionUrl = async (spec: UrlSpec): Promise<FunctionUrl> => {
  const server = createServer((request, response) => {
    eventOf(request, spec)
      .then(spec.invoke)
      .then(
        (answer) => send(response, answer),
        () => send(response, { statusCode: 502, body: 'Internal Server Error' }),
      );
  });
  await new Promise<void>((opened) => server.listen(0, '127.0.0.1', opened));
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
