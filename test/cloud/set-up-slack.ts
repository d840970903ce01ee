/**
 * Does what the README asks a person to do in Slack and for it: makes the app with the manifest's scopes and
 * the address for pressed buttons, puts its two secrets, opens the channel.
 *
 * Effect: reads the manifest; changes the workspace and the parameter store of the cloud.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Cloud } from './cloud.ts';
import type { Caller } from './service.ts';

const manifest = join(import.meta.dirname, '../../infra/slack-app.yml');
const secrets = { 'bot-token': 'xoxb-simulated', 'signing-secret': 'simulated-signing-secret' } as const;

/** The parameters that a person puts, by their names. */
export const slackParameters: ReadonlyMap<string, string> = new Map(
  Object.entries(secrets).map(([name, value]) => [`/drydock/prod/slack/${name}`, value]),
);

type Manifest = { readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } } };

export const setUpSlack = ({ slack, ssm }: Cloud, place: Caller, requestUrl: string | undefined): void => {
  const { oauth_config } = parse(readFileSync(manifest, 'utf8')) as Manifest;
  slack.addToken(secrets['bot-token'], oauth_config.scopes.bot);
  if (requestUrl) slack.app = { requestUrl, signingSecret: secrets['signing-secret'] };
  for (const [name, value] of slackParameters) ssm.put(place, { name, value, type: 'SecureString' });
  slack.addChannel({ id: 'C0DRYDOCK', name: 'drydock' });
};
