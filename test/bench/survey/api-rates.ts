/**
 * Throttles a simulated cloud at the rates of AWS's, in real time.
 *
 * EC2 refills 20 reads a second up to 100 (EC2 API throttling, checked 2026-11-23). EKS publishes no rates:
 * 10 a second up to 20 is what passes by experience, and an assumption.
 *
 * Effect: makes calls fail.
 */
import type { Cloud } from '../../cloud/cloud.ts';

type Bucket = { readonly mostTokens: number; readonly perSecond: number };

const rates: Readonly<Record<string, Bucket>> = {
  ec2: { mostTokens: 100, perSecond: 20 },
  eks: { mostTokens: 20, perSecond: 10 },
};

/** A bucket that is asked for a token at each call, and says whether it was empty. */
const bucket = ({ mostTokens, perSecond }: Bucket): (() => boolean) => {
  let [tokens, at] = [mostTokens, performance.now()];
  return () => {
    const now = performance.now();
    tokens = Math.min(mostTokens, tokens + ((now - at) / 1000) * perSecond);
    at = now;
    if (tokens < 1) return true;
    tokens--;
    return false;
  };
};

/** Answers how many calls were throttled, and how to end it. */
export const throttle = (cloud: Cloud): { failed(): number; end(): void } => {
  const faults = Object.entries(rates).map(([service, rate]) =>
    cloud.faults.add({ service, operation: '*', when: bucket(rate), times: 'always', as: 'throttled' }),
  );
  return {
    failed: () => faults.reduce((sum, fault) => sum + fault.failed(), 0),
    end: () => {
      for (const { remove } of faults) remove();
    },
  };
};
