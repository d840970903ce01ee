/** The policy as the bundler embeds it: read and validated by `infra/bundle/read-policy.ts`. */
import type { Policy } from '../functions/domain/policy.ts';

declare const policy: Policy;
export default policy;
