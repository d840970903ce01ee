/** Declares as much of the package dynalite as is used: it has no types of its own. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  const dynalite: (options: {
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }) => Server;
  export default dynalite;
}
