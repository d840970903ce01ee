/**
 * Stands before moto, and asks the simulated cloud for the one thing that moto has not and that does not hang
 * on what is in it: how long EKS supports each minor. Without that no function could audit.
 *
 * Effect: listens on 127.0.0.1 until it is closed.
 */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** EKS's DescribeClusterVersions. */
const ofTheSimulated = /^\/cluster-versions\b/;

export type Front = { readonly url: string; readonly close: () => void };

export const openFront = async (moto: string, simulated: string): Promise<Front> => {
  const server = createServer((asked, answer) => {
    const { url = '/', method, headers } = asked;
    const to = new URL(url, ofTheSimulated.test(url) ? simulated : moto);
    const passedOn = request(to, { method, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    passedOn.once('error', (error) => answer.destroy(error));
    asked.pipe(passedOn);
  });
  await new Promise<void>((opened) => server.listen(0, '127.0.0.1', opened));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
};
