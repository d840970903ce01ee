/**
 * Tells news that is stored with what it is about: published first, taken from the outbox after that.
 *
 * Whoever dies between the two tells it once more, under the same id.
 *
 * Effect: that of the ports it is given.
 */
import type { News } from '../domain/news.ts';
import type { Bus, Log } from '../domain/ports.ts';

type Telling = { readonly id: string; readonly outbox: readonly News[] };
type Store<One> = {
  readonly read: (id: string) => Promise<One | undefined>;
  readonly save: (one: One) => Promise<One | undefined>;
};

/** `kind`: what is stored, for the error when it is not there any more. */
export const outboxOf = <One extends Telling>(
  kind: string,
  store: Store<One>,
  { bus, log }: { readonly bus: Bus; readonly log: Log },
) => {
  /** Stores a change over whatever a command wrote meanwhile. */
  const rewrite = async (one: One, change: (current: One) => One): Promise<One> => {
    for (let current: One | undefined = one; current; current = await store.read(one.id)) {
      const saved = await store.save(change(current));
      if (saved) return saved;
    }
    throw new Error(`${kind} ${one.id} is gone from the table`);
  };

  /** Publishes what is to be told, and stores that it is. */
  const tell = async (one: One): Promise<One> => {
    if (one.outbox.length === 0) return one;
    await bus.publish(one.outbox);
    for (const { type, detail } of one.outbox) log.info('told', { type, id: detail.id });
    const told = new Set(one.outbox.map(({ detail }) => detail.id));
    return rewrite(one, (current) => ({
      ...current,
      outbox: current.outbox.filter(({ detail }) => !told.has(detail.id)),
    }));
  };

  return { rewrite, tell };
};
