/**
 * Judges every call of a role as IAM would, and keeps which parts of its statements were needed.
 *
 * The verdicts are those of @cloud-copilot/iam-simulate; whoever has no role here may do anything. Each
 * distinct question is judged once. It validates action, resource and condition keys against AWS's
 * own lists, but for two kinds of ARN that those lists do not have: see `unlisted`.
 */
import { runSimulation, runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import type { Ask } from './requests.ts';

export type Statement = {
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
};

type Role = {
  readonly statements: readonly Statement[];
  readonly verdicts: Map<string, Promise<boolean>>;
  /** Number of the statement, action, resource. */
  readonly used: Set<string>;
};

const listOf = (value: string | readonly string[]): readonly string[] => [value].flat();
const keyOf = (statement: number, action: string, resource: string) => `${statement} ${action} ${resource}`;

/** AWS's own parameters and documents have no account; the reference names a log group, and the request its streams. */
const unlisted = /^arn:aws:(ssm:[^:]*::|logs:)/;

const question = (
  principal: string,
  { action, resource, context = {} }: Ask,
  statements: readonly Statement[],
): Simulation => ({
  identityPolicies: [{ name: 'role', policy: { Version: '2012-10-17', Statement: statements } }],
  serviceControlPolicies: [],
  resourceControlPolicies: [],
  request: {
    action,
    principal,
    resource: { resource, accountId: principal.split(':')[4] ?? '' },
    contextVariables: { ...context },
  },
});

export class Permissions {
  readonly #roles = new Map<string, Role>();
  /** `role: action on resource` of every call refused: a test expects none. */
  readonly denied: string[] = [];

  attach(roleArn: string, statements: readonly Statement[]): void {
    this.#roles.set(roleArn, { statements, verdicts: new Map(), used: new Set() });
  }

  governs(roleArn: string): boolean {
    return this.#roles.has(roleArn);
  }

  async allows(roleArn: string, ask: Ask): Promise<boolean> {
    const role = this.#roles.get(roleArn);
    if (!role) return true;
    const key = JSON.stringify(ask);
    const verdict = role.verdicts.get(key) ?? this.#judge(roleArn, role, ask);
    role.verdicts.set(key, verdict);
    return verdict;
  }

  /** The same, and a refusal is kept. */
  async check(roleArn: string, ask: Ask): Promise<boolean> {
    const isAllowed = await this.allows(roleArn, ask);
    if (!isAllowed) this.denied.push(`${roleArn.split('/').at(-1)}: ${ask.action} on ${ask.resource}`);
    return isAllowed;
  }

  async #judge(roleArn: string, role: Role, ask: Ask): Promise<boolean> {
    const fitting = role.statements.flatMap((statement, number) =>
      listOf(statement.Action).includes(ask.action)
        ? listOf(statement.Resource).map((Resource) => ({ ...statement, Resource, number }))
        : [],
    );
    for (const { number, ...statement } of fitting)
      if (runUnsafeSimulation(question(roleArn, ask, [statement]), {}) === 'Allowed')
        role.used.add(keyOf(number, ask.action, statement.Resource));
    const whole = question(roleArn, ask, role.statements);
    if (unlisted.test(ask.resource)) return runUnsafeSimulation(whole, {}) === 'Allowed';
    const answer = await runSimulation(whole, {});
    if (answer.resultType !== 'error') return answer.overallResult === 'Allowed';
    throw new Error(`IAM cannot judge ${ask.action} on ${ask.resource}: ${JSON.stringify(answer.errors)}`);
  }

  /** `role: drop action (on resource) from statement`, for each part that no call needed. */
  unused(): readonly string[] {
    return [...this.#roles].flatMap(([arn, { statements, used }]) =>
      statements.flatMap(({ Action, Resource }, number) => {
        const name = `${arn.split('/').at(-1)}, statement ${number + 1}`;
        const needed = (action: string, resource: string) => used.has(keyOf(number, action, resource));
        const idleActions = listOf(Action).filter(
          (action) => !listOf(Resource).some((one) => needed(action, one)),
        );
        const idleResources = listOf(Resource).filter(
          (one) => !listOf(Action).some((action) => needed(action, one)),
        );
        return [...idleActions, ...idleResources].map((idle) => `${name}: drop ${idle}`);
      }),
    );
  }
}
