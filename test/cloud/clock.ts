/**
 * Keeps the simulated time and what is due in it.
 *
 * Time stands still until somebody advances it; then everything that is due happens in
 * the order of its time, and in the order of asking where times are equal.
 */
export class Clock {
  #now: number;
  #asked = 0;
  #due: { readonly at: number; readonly order: number; readonly happen: () => void | Promise<void> }[] = [];

  constructor(start: Date) {
    this.#now = start.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  /** Asks for something to happen at a time; a time already past means: at the next advance. */
  at(time: Date, happen: () => void | Promise<void>): void {
    const due = { at: time.getTime(), order: this.#asked++, happen };
    const later = this.#due.findIndex((other) => other.at > due.at);
    this.#due.splice(later < 0 ? this.#due.length : later, 0, due);
  }

  /** Lets time pass while something happens: what is due meanwhile happens after it. */
  pass(ms: number): void {
    this.#now += ms;
  }

  /** When something is due next; `undefined` when nothing ever will be. */
  nextAt(): Date | undefined {
    const next = this.#due[0];
    return next && new Date(Math.max(next.at, this.#now));
  }

  async advanceTo(time: Date): Promise<void> {
    for (let next = this.#due[0]; next && next.at <= time.getTime(); next = this.#due[0]) {
      this.#due.shift();
      this.#now = Math.max(this.#now, next.at);
      await next.happen();
    }
    this.#now = Math.max(this.#now, time.getTime());
  }
}
