/**
 * Holds calls that are never answered, and lets time pass for the functions that wait for them.
 *
 * Knows that nothing else can happen once no other call is under way and the process has nothing to do: what
 * a function waits for then is one of its own timers, which may be minutes away.
 *
 * Effect: time passes; see `timers.ts`.
 */
import type { Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { passTime } from './timers.ts';

/** What was answered is read within a few turns of the process, however slow it is. */
const turns = 20;
const quietMs = 10;

export class Hangs {
  readonly #hanging = new Set<Socket>();
  #underWay = 0;
  #arrived = 0;
  #watched = false;

  arrive(): void {
    this.#arrived++;
    this.#underWay++;
  }

  leave(): void {
    this.#underWay--;
  }

  /** Until its caller gives up. */
  hold(socket: Socket): void {
    this.#hanging.add(socket);
    socket.once('close', () => this.#hanging.delete(socket));
    if (!this.#watched) void this.#watch();
  }

  clear(): void {
    this.#hanging.clear();
  }

  async #watch(): Promise<void> {
    this.#watched = true;
    while (this.#hanging.size > 0) if (await this.#isQuiet()) passTime();
    this.#watched = false;
  }

  async #isQuiet(): Promise<boolean> {
    const arrived = this.#arrived;
    await setTimeout(quietMs);
    for (let turn = 0; turn < turns; turn++) await setImmediate();
    return this.#underWay === 0 && this.#arrived === arrived;
  }
}
