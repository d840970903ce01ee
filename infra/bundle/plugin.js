/**
 * Hooks the bundler into the Serverless Framework: before it packages, and before it invokes a
 * function on this machine. `DRYDOCK_POLICY` names another policy file than infra/policy.yml.
 */
export default class Bundle {
  constructor() {
    this.hooks = {
      'before:package:createDeploymentArtifacts': bundle,
      'before:deploy:function:packageFunction': bundle,
      'before:invoke:local:invoke': bundle,
    };
  }
}

const bundle = async () => {
  const { buildFunctions } = await import('./build.ts');
  const policy = process.env.DRYDOCK_POLICY;
  await buildFunctions(policy === undefined ? {} : { policy });
};
