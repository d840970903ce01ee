/**
 * Hooks the bundler into the Serverless Framework: before it packages, and before it invokes a
 * function on this machine. `DRYDOCK_POLICY` names another policy file than infra/policy.yml.
 */
import { buildFunctions } from './build.ts';

const bundle = async () => {
  const policy = process.env.DRYDOCK_POLICY;
  await buildFunctions(policy === undefined ? {} : { policy });
};

export default class Bundle {
  readonly hooks = {
    'before:package:createDeploymentArtifacts': bundle,
    'before:deploy:function:packageFunction': bundle,
    'before:invoke:local:invoke': bundle,
  };
}
