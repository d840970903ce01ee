/**
 * Says how long every AWS client waits and how often it tries.
 *
 * The SDK itself retries throttling and 5xx with jitter, and in its adaptive mode (`AWS_RETRY_MODE`,
 * serverless.yml) slows down all calls of a client that was throttled; a connection that does not answer is
 * given up after ten seconds, so that a run is not lost to one dead socket.
 */
export const patience = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;

/** For calls that change something and have no client token: what looks like a failure may have been done. */
export const onceOnly = { maxAttempts: 1 } as const;
