/**
 * Hooks the bundler into the Serverless Framework: before it packages, and before it invokes a
 * function on this machine. `DRYDOCK_POLICY` names another policy file than infra/policy.yml.
 * After `serverless remove` it says what is left.
 */
import { buildFunctions } from './build.ts';

type Serverless = {
  readonly service: {
    readonly provider: { readonly environment: { readonly TABLE_NAME: string } };
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

  constructor({ service }: Serverless, _options: unknown, { log }: Tools) {
    const sayWhatIsLeft = () => {
      const { slackTokenParameter: token, slackSigningSecretParameter: secret } = service.custom;
      log.notice(
        `Left: the table ${service.provider.environment.TABLE_NAME}, and the parameters ${token} and ${secret}. The README says how to delete them ("Uninstall").`,
      );
    };
    this.hooks = {
      'before:package:createDeploymentArtifacts': bundle,
      'before:deploy:function:packageFunction': bundle,
      'before:invoke:local:invoke': bundle,
      'after:remove:remove': sayWhatIsLeft,
    };
  }
}
