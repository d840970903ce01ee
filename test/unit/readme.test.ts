/**
 * Keeps the README's tables equal to the code: each stands between its markers and is made from the
 * domain's own rows.
 *
 * After a change there, `UPDATE=1 npx vitest run --config test/vitest.config.ts test/unit/readme.test.ts
 * && npx biome check --write README.md` writes them anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AmiTypeFacts, amiTypes } from '../../functions/domain/ami-type.ts';
import { type FailureFacts, failures, type Reaction } from '../../functions/domain/failure.ts';
import { complianceRules } from '../../functions/domain/patching/findings.ts';
import { holdReasons, withdrawalReasons } from '../../functions/domain/release.ts';
import { haltReasons, waitReasons } from '../../functions/domain/rollout.ts';
import type { Rule } from '../../functions/domain/rules/rule.ts';
import { rules } from '../../functions/domain/rules.ts';
import { targetUnreadable } from '../../functions/domain/target-unreadable.ts';

const file = join(import.meta.dirname, '../../README.md');
const readme = readFileSync(file, 'utf8');

const code = (text: string) => `\`${text}\``;
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const reasons = (of: Readonly<Record<string, string>>) =>
  table(
    ['reason', 'sentence'],
    Object.entries(of).map(([reason, sentence]) => [code(reason), sentence]),
  );

const reactionOf = (reaction: Reaction): string => {
  if (reaction.is === 'halt') return 'halts the rollout';
  if (reaction.is === 'fail') return 'the group has failed';
  const { afterMinutes, times } = reaction;
  return `tried again after ${afterMinutes} min, ${times === 1 ? 'once' : `${times} times`}; then the group has failed`;
};

/** Parameters that stand in one folder are named together. */
const parametersOf = ({ imageId, releaseVersion, releaseVersionIs }: AmiTypeFacts): string => {
  if (releaseVersionIs === 'json field')
    return `${code(imageId)}; the version is ${code('release_version')} in the JSON of the one above it`;
  const [folder, leaf] = [dirname(releaseVersion), basename(releaseVersion)];
  if (folder !== dirname(imageId)) throw new Error(`${imageId} and ${releaseVersion} need a column each`);
  return `${code(`${folder}/`)} with ${code(basename(imageId))} and ${code(leaf)}`;
};

const amiTypeRow = ([amiType, facts]: [string, AmiTypeFacts]) => [
  code(amiType),
  `${code(facts.family)}${facts.ended ? `, ended ${facts.ended}` : ''}`,
  parametersOf(facts),
  facts.history ? 'yes' : 'no',
];

const ruleRow = ({ name, about, severity, link, settings }: Rule) => [
  `[${code(name)}](${link})`,
  about,
  severity,
  Object.entries(settings)
    .map(([setting, value]) => `${code(setting)} ${value}`)
    .join(', ') || 'none',
];

const tables = {
  'AMI types': table(
    ['AMI type', 'family', 'parameters', 'older releases kept'],
    (Object.entries(amiTypes) as [string, AmiTypeFacts][]).map(amiTypeRow),
  ),
  'withdrawal reasons': reasons(withdrawalReasons),
  'hold reasons': reasons(holdReasons),
  'wait reasons': reasons(waitReasons),
  'halt reasons': reasons(haltReasons),
  rules: table(
    ['rule', 'finds', 'severity', 'settings'],
    [...rules.map(ruleRow), ruleRow({ ...targetUnreadable, settings: {}, judge: () => [] })],
  ),
  'compliance rules': table(
    ['rule', 'finds'],
    complianceRules.map(({ name, about, link }) => [`[${code(name)}](${link})`, about]),
  ),
  'failure reactions': table(
    ['code', 'reaction', 'what it means', 'what to do'],
    (Object.entries(failures) as [string, FailureFacts][]).map(([name, { reaction, sentence, remedy }]) => [
      code(name),
      reactionOf(reaction),
      sentence,
      remedy,
    ]),
  ),
};

const between = (name: string) => new RegExp(`(<!-- table: ${name} -->\n)([^]*?)(\n<!-- end of table -->)`);

if (process.env.UPDATE)
  writeFileSync(
    file,
    Object.entries(tables).reduce(
      (text, [name, rows]) => text.replace(between(name), (_, start, __, end) => `${start}${rows}${end}`),
      readme,
    ),
  );

/** The formatter aligns the columns. */
const unaligned = (text = '') => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');

describe('the README has the table of', () => {
  it.each(Object.entries(tables))('%s as the code has it', (name, rows) => {
    expect(unaligned(between(name).exec(readFileSync(file, 'utf8'))?.[2])).toBe(unaligned(rows));
  });
});
