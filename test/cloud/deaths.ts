/**
 * Kills functions in the middle of a call, as a crash, a time-out of Lambda or a lost host does.
 *
 * Knows that the dead go on for a while in this process: whatever they still ask is never answered.
 * Slack's calls do not say who makes them, so that one of them kills every function that runs.
 */
export class Deaths {
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #dead = new Set<string>();

  /** Calls `kill` when the owner of the key dies; answers how to end that. */
  watch(accessKeyId: string, kill: () => void): () => void {
    const watchers = this.#watchers.get(accessKeyId) ?? new Set();
    this.#watchers.set(accessKeyId, watchers.add(kill));
    return () => watchers.delete(kill);
  }

  die(accessKeyId: string | undefined): void {
    const keys = accessKeyId === undefined ? [...this.#watchers.keys()] : [accessKeyId];
    for (const key of keys) {
      const watchers = [...(this.#watchers.get(key) ?? [])];
      if (watchers.length > 0) this.#dead.add(key);
      for (const kill of watchers) kill();
    }
  }

  isDead(accessKeyId: string | undefined): boolean {
    return accessKeyId !== undefined && this.#dead.has(accessKeyId);
  }
}
