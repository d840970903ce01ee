/**
 * Says what the front door needs of a service, and fits the SDK-shaped ones to it.
 *
 * Knows that an operation without a function is refused loudly: HTTP 501, which no SDK retries, naming
 * service and operation.
 */
import { type Caller, Refusal } from './service.ts';
import type { Wire, WireAnswer, WireRequest } from './wire.ts';
import type { Withheld } from './withheld.ts';

export type Asked = { readonly operation: string; readonly input: unknown };

export interface Endpoint {
  /** May throw a Refusal for a request that makes no sense. */
  read(request: WireRequest): Asked;
  /** Does it. May throw a Refusal. */
  answer(asked: Asked, caller: Caller, request: WireRequest): Promise<WireAnswer>;
  refuse(refusal: Refusal): WireAnswer;
}

export const notSimulated = (service: string, operation: string): Refusal =>
  new Refusal('NotSimulated', `the simulated cloud has no ${service}:${operation}`, { status: 501 });

export const wiredEndpoint = (
  service: string,
  wire: Wire,
  operations: object,
  withheld: Withheld,
): Endpoint => ({
  read: (request) => wire.read(request),
  answer: async ({ operation, input }, caller) => {
    const act = (operations as Record<string, (input: unknown, caller: Caller) => object>)[operation];
    if (!act) throw notSimulated(service, operation);
    return wire.write(operation, withheld.from(service, operation, await act(input, caller)));
  },
  refuse: (refusal) => wire.refuse(refusal),
});
