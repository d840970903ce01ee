/**
 * Lets a client keep to the rates of its service (pace.ts).
 *
 * Effect: none until the client is used.
 */
import { pacing } from './pace.ts';

/** Of the published rates; for accounts whose quotas are others (serverless.yml). */
const percent = Number(process.env.CALL_PACE_PERCENT ?? 100);
if (!(percent > 0)) throw new Error('CALL_PACE_PERCENT is no number above 0: see serverless.yml');

type Pacing = { readonly middlewareStack: { use(plugin: ReturnType<typeof pacing>): void } };

export const paced = <Client extends Pacing>(
  service: Parameters<typeof pacing>[0],
  client: Client,
): Client => {
  client.middlewareStack.use(pacing(service, percent));
  return client;
};
