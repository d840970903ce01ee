/**
 * Stands in for ports whose adapters are loaded, and their clients made, when something is first asked of them.
 *
 * Most runs find nothing to do, and end before they need any client but the table's. Whoever wires a port
 * imports a file of ours by `import()`; that file imports what it needs of the SDK by name, so that the
 * bundler makes a part of it that holds nothing else (DECISIONS.md, 48).
 *
 * Effect: loads code; then that of the adapters.
 */
type Calls<Port> = { readonly [Name in keyof Port]: (...given: never[]) => Promise<unknown> };

/** What could not be loaded is tried again by who asks next. */
const once = <Made>(load: () => Promise<Made>): (() => Promise<Made>) => {
  let made: Promise<Made> | undefined;
  return () => {
    made ??= load().catch((error) => {
      made = undefined;
      throw error;
    });
    return made;
  };
};

export const lazily = <Port extends Calls<Port>>(load: () => Promise<Port>): Port => {
  const loaded = once(load);
  const callOf =
    (name: keyof Port) =>
    async (...given: never[]) =>
      (await loaded())[name](...given);
  // What has a `then` is taken for a promise by whoever awaits it.
  return new Proxy({} as Port, {
    get: (_, name) => (name === 'then' ? undefined : callOf(name as keyof Port)),
  });
};

/** Several ports that are made together, of one client perhaps. */
export const lazilyAll = <Ports extends { readonly [Name in keyof Ports]: Calls<Ports[Name]> }>(
  names: readonly (keyof Ports)[],
  load: () => Promise<Ports>,
): Ports => {
  const loaded = once(load);
  const ports = names.map((name) => [name, lazily(async () => (await loaded())[name])]);
  return Object.fromEntries(ports);
};
