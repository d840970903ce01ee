/**
 * Judges every call of a role as IAM would, and keeps which parts of its statements were needed: those
 * without which a call would have been refused.
 *
 * The verdicts are those of @cloud-copilot/iam-simulate; whoever has no role here may do anything. Each
 * distinct question is judged once. It validates action, resource and condition keys against AWS's
 * own lists, but for two kinds of ARN that those lists do not have: see `unlisted`.
 */
import { runSimulation, runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { adviceOn, type Part, partsOf, type Statement } from './parts.ts';
import type { Ask } from './requests.ts';

/** `dynamodb:GetItem on arn:…, dynamodb:LeadingKeys rollout` */
const inWords = ({ action, resource, context = {} }: Ask): string =>
  [`${action} on ${resource}`, ...Object.entries(context).map(([key, values]) => `${key} ${values}`)].join(
    ', ',
  );

type Allows = (principal: string, ask: Ask, statements: readonly Statement[]) => Promise<boolean>;

type Judged = {
  readonly statements: readonly Statement[];
  readonly allows: Allows;
  readonly verdicts: Map<string, Promise<boolean>>;
  /** Each distinct one that was allowed. */
  readonly granted: Ask[];
  readonly parts: readonly Part[];
  readonly needed: Set<Part>;
};

/** AWS's own parameters and documents have no account; the reference names a log group, and the request its streams. */
const unlisted = /^arn:aws:(ssm:[^:]*::|logs:)/;

const accountIn = (arn: string): string => arn.split(':')[4] ?? '';
const version = { Version: '2012-10-17' };

const question = (
  principal: string,
  { action, resource, context = {} }: Ask,
  statements: readonly Statement[],
): Simulation => ({
  identityPolicies: [{ name: 'role', policy: { ...version, Statement: statements } }],
  serviceControlPolicies: [],
  resourceControlPolicies: [],
  request: {
    action,
    principal,
    resource: { resource, accountId: accountIn(principal) },
    contextVariables: { ...context },
  },
});

/** For all deployments of the process: packaged roles are asked the same in each. */
const verdicts = new Map<string, Promise<boolean>>();

const simulate = async (asked: Simulation): Promise<boolean> => {
  const { action, resource } = asked.request;
  if (unlisted.test(resource.resource)) return runUnsafeSimulation(asked, {}) === 'Allowed';
  const answer = await runSimulation(asked, {});
  if (answer.resultType !== 'error') return answer.overallResult === 'Allowed';
  throw new Error(`IAM cannot judge ${action} on ${resource.resource}: ${JSON.stringify(answer.errors)}`);
};

const simulateOnce = (asked: Simulation): Promise<boolean> => {
  const key = JSON.stringify(asked);
  const verdict = verdicts.get(key) ?? simulate(asked);
  verdicts.set(key, verdict);
  return verdict;
};

const byRole: Allows = (principal, ask, statements) => simulateOnce(question(principal, ask, statements));

/** Whoever asks may ask; the account that has the role judges. */
const byTrust: Allows = (principal, ask, statements) => {
  const own: Statement = { Effect: 'Allow', Action: ask.action, Resource: ask.resource };
  const asked = question(principal, ask, [own]);
  asked.request.resource.accountId = accountIn(ask.resource);
  return simulateOnce({ ...asked, resourcePolicy: { ...version, Statement: statements } });
};

const judgedBy = (allows: Allows, statements: readonly Statement[]): Judged => ({
  statements,
  allows,
  verdicts: new Map(),
  granted: [],
  parts: partsOf(statements),
  needed: new Set(),
});

export class Permissions {
  readonly #roles = new Map<string, Judged>();
  readonly #trusts = new Map<string, Judged>();
  /** `role: add action on resource, key of a condition value`, for every call refused: a test expects none. */
  readonly denied: string[] = [];

  attach(roleArn: string, statements: readonly Statement[]): void {
    this.#roles.set(roleArn, judgedBy(byRole, statements));
  }

  /** Whom the role lets assume it. */
  attachTrust(roleArn: string, statements: readonly Statement[]): void {
    this.#trusts.set(roleArn, judgedBy(byTrust, statements));
  }

  governs(roleArn: string): boolean {
    return this.#roles.has(roleArn);
  }

  async allows(roleArn: string, ask: Ask): Promise<boolean> {
    const role = this.#roles.get(roleArn);
    return !role || verdictOf(role, roleArn, ask);
  }

  /** The same, and a refusal is kept. */
  async check(roleArn: string, ask: Ask): Promise<boolean> {
    const isAllowed = await this.allows(roleArn, ask);
    if (!isAllowed) this.denied.push(`${roleArn.split('/').at(-1)}: add ${inWords(ask)}`);
    return isAllowed;
  }

  /** Whether the role lets itself be assumed; one without a trust by anybody. */
  async trusts(roleArn: string, principal: string, externalId?: string): Promise<boolean> {
    const trust = this.#trusts.get(roleArn);
    const context = { 'aws:PrincipalArn': principal, ...(externalId && { 'sts:ExternalId': externalId }) };
    const ask = { action: 'sts:AssumeRole', resource: roleArn, context };
    return !trust || verdictOf(trust, principal, ask);
  }

  /** What each role was asked for and allowed. */
  granted(): ReadonlyMap<string, readonly Ask[]> {
    return new Map([...this.#roles].map(([arn, { granted }]) => [arn, granted]));
  }

  /** `role, statement 3: drop action`, for all that no call needed, the trusts of roles too. */
  unused(): readonly string[] {
    const advice = (name: string, { parts, needed }: Judged) =>
      adviceOn(parts, needed).map((one) => `${name}, ${one}`);
    return [
      ...[...this.#roles].flatMap(([arn, role]) => advice(arn.slice(arn.lastIndexOf('/') + 1), role)),
      ...[...this.#trusts].flatMap(([arn, trust]) => advice(`trust of ${arn}`, trust)),
    ];
  }
}

const verdictOf = (judged: Judged, principal: string, ask: Ask): Promise<boolean> => {
  const key = JSON.stringify(ask);
  const verdict = judged.verdicts.get(key) ?? judge(judged, principal, ask);
  judged.verdicts.set(key, verdict);
  return verdict;
};

/** `ForAllValues` asks for each value of a list: what one call needs is what one call for each would. */
const oneByOne = ({ context = {}, ...ask }: Ask): readonly Ask[] =>
  Object.entries(context).reduce<readonly Ask[]>(
    (asks, [key, values]) =>
      asks.flatMap((one) =>
        [values].flat().map((value) => ({
          ...one,
          context: { ...one.context, [key]: Array.isArray(values) ? [value] : value },
        })),
      ),
    [ask],
  );

/** A part is needed if it alone allows what was asked: what two parts allow needs neither of them. */
const judge = async (
  { statements, allows, granted, parts, needed }: Judged,
  principal: string,
  ask: Ask,
): Promise<boolean> => {
  for (const one of oneByOne(ask)) {
    const allowing: Part[] = [];
    for (const part of parts)
      if (part.action === one.action && (await allows(principal, one, [part.statement]))) allowing.push(part);
    const [only] = allowing;
    if (only && allowing.length === 1) needed.add(only);
  }
  const isAllowed = await allows(principal, ask, statements);
  if (isAllowed) granted.push(ask);
  return isAllowed;
};
