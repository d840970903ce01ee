/**
 * Starts moto's server for all stories, and ends it after the last. Throws when it is not installed, as a
 * run that tries nothing has shown nothing.
 *
 * Knows that the command may be there and not start: of another Python, or without what a server needs.
 *
 * Effect: starts a process that listens on 127.0.0.1.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    motoUrl: string;
  }
}

const tries = 300;
const pauseMs = 200;
const remedy =
  "npm run test:moto needs Python's moto, with moto_server on the PATH: pip install 'moto[server]'";

const freePort = (): Promise<number> =>
  new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' && address ? address.port : 0));
    });
  });

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/moto-api/data.json`).then(
    ({ ok }) => ok,
    () => false,
  );

const hasStarted = async (url: string, server: ChildProcess): Promise<boolean> => {
  for (let tried = 0; tried < tries && server.exitCode === null; tried++) {
    if (await answers(url)) return true;
    await wait(pauseMs);
  }
  return false;
};

/** What it logs is read to the end, or it would stand still on a full pipe. */
const spawnServer = (port: number) => {
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const failed = new Promise<never>((_, fail) => {
    server.once('error', (cause) => fail(new Error(remedy, { cause })));
  });
  return { server, failed, log: text(server.stderr) };
};

export default async ({ provide }: TestProject): Promise<() => void> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { server, failed, log } = spawnServer(port);
  const end = () => {
    server.kill();
  };
  if (!(await Promise.race([hasStarted(url, server), failed]))) {
    end();
    throw new Error(`${remedy}. It did not start: ${await log}`);
  }
  provide('motoUrl', url);
  return end;
};
