/**
 * Hooks the bundler into the Serverless Framework: before it packages, and before it invokes a
 * function on this machine. `DRYDOCK_POLICY` names another policy file than infra/policy.yml.
 * After `serverless remove` it says what is left.
 *
 * Knows that the framework cannot resolve CloudFormation's own references when it invokes on this machine:
 * it is given what they would be.
 */
import { buildFunctions } from './build.ts';
import { accountsWithRoles } from './target-statements.js';

type Serverless = {
  readonly processedInput: { readonly commands: readonly string[] };
  getProvider(name: 'aws'): { getAccountId(): Promise<string>; getRegion(): string };
  readonly service: {
    readonly provider: { readonly environment: Record<string, unknown> };
    readonly functions: Record<string, { readonly environment?: Record<string, unknown> }>;
    readonly custom: {
      readonly slackTokenParameter: string;
      readonly slackSigningSecretParameter: string;
    };
  };
};
type Tools = { readonly log: { notice(text: string): void } };

const bundle = async () => {
  const policy = process.env.DRYDOCK_POLICY;
  await buildFunctions(policy === undefined ? {} : { policy });
};

export default class Bundle {
  readonly hooks: Readonly<Record<string, () => void | Promise<void>>>;

  constructor(serverless: Serverless, options: { readonly function?: string }, { log }: Tools) {
    const { service, processedInput } = serverless;
    const aws = serverless.getProvider('aws');
    const { environment } = service.provider;
    // Before the framework looks at them.
    if (processedInput.commands.join(' ') === 'invoke local')
      for (const variables of [
        environment,
        ...Object.values(service.functions).map((one) => one.environment),
      ])
        for (const [name, value] of Object.entries(variables ?? {}))
          if (typeof value === 'object') delete variables?.[name];
    const bundleForHere = async () => {
      const account = await aws.getAccountId();
      process.env.ACCOUNT_ID = account;
      const queue = `${environment.TABLE_NAME}-${options.function}-work`;
      process.env.WORK_QUEUE_URL = `https://sqs.${aws.getRegion()}.amazonaws.com/${account}/${queue}`;
      process.env.TARGET_ROLE = `arn:aws:iam::{account}:role/${environment.TABLE_NAME}-{duty}`;
      await bundle();
    };
    const sayWhatIsLeft = () => {
      const { slackTokenParameter: token, slackSigningSecretParameter: secret } = service.custom;
      const accounts = accountsWithRoles();
      const roles =
        accounts.length > 0
          ? ` The roles of infra/target-roles.yml in ${accounts.join(', ')}: delete their stack there, or the StackSet's instances.`
          : '';
      log.notice(
        `Left: the table ${environment.TABLE_NAME}, and the parameters ${token} and ${secret}.${roles} The README says how to delete them ("Uninstall").`,
      );
    };
    this.hooks = {
      'before:package:createDeploymentArtifacts': bundle,
      'before:deploy:function:packageFunction': bundle,
      'before:invoke:local:invoke': bundleForHere,
      'after:remove:remove': sayWhatIsLeft,
    };
  }
}
