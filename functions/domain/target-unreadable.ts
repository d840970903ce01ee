/**
 * Tells that a target could not be read: refused, too slow or gone.
 *
 * Of what is there nothing is concluded meanwhile: what was found there before stays as it is.
 *
 * Pure.
 */
import type { Finding } from './finding.ts';
import { regionKey, type Target } from './target.ts';

export const targetUnreadable = {
  name: 'target-unreadable',
  about:
    'An account and region of the policy that Drydock could not read, so that nothing there is looked after.',
  severity: 'high',
  link: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_aws-accounts.html',
} as const;

/** What was answered, by kind. */
export type Unreadable = { readonly is: 'refused' | 'failed'; readonly words: string };

const remedies = {
  refused:
    'Deploy infra/target-roles.yml there with the account, stage and external id of this Drydock, or take the target out of the policy. A region that is not switched on refuses too.',
  failed:
    'It is tried again. If it lasts, look into the log of audit-nodes, and at the health of AWS in that region.',
} as const;

export const findUnreadable = (target: Target, { is, words }: Unreadable): Finding => ({
  rule: targetUnreadable.name,
  link: targetUnreadable.link,
  about: { target },
  severity: targetUnreadable.severity,
  sentence: `${regionKey(target)} could not be read: ${is === 'refused' ? 'it refuses' : 'it fails or is too slow'}. No node group there is rolled, patched or audited until it can be.`,
  evidence: { answer: words },
  weight: 1,
  suggestion: remedies[is],
});
