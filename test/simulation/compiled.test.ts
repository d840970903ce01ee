/** Bundles that are compiled once and loaded often. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Load } from '../cloud/lambda.ts';
import { scratchFolder } from '../cloud/scratch.ts';
import { day, openStory } from '../stories/open-story.ts';
import { loadCompiled } from './compiled.ts';

const bundleWith = (policy: object): string => {
  const folder = scratchFolder('compiled');
  const file = join(folder, 'index.js');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'policy.js'), `export default ${JSON.stringify(policy)};`);
  writeFileSync(join(folder, 'chunk.js'), 'let runs = 0; export const run = () => ++runs;');
  writeFileSync(
    file,
    `import policy from './policy.js'; import { run } from './chunk.js'; import { sep } from 'node:path';
    export const handler = async () => [run(), policy.wave++, sep, await import('node:os') !== undefined];`,
  );
  return file;
};

it('each load has variables and a policy of its own', async () => {
  const [file, other] = [bundleWith({ wave: 1 }), bundleWith({ wave: 7 })];
  const first = await loadCompiled(file);
  await first({}, {});
  expect(await first({}, {})).toEqual([2, 2, '/', true]);
  expect(await (await loadCompiled(file))({}, {})).toEqual([1, 1, '/', true]);
  expect(await (await loadCompiled(other))({}, {})).toEqual([1, 7, '/', true]);
});

it('compiled bundles tell, change and call what imported ones do', async () => {
  const rollOut = async (load?: Load) => {
    const { stack, cloud, runs, changes } = await openStory(undefined, { ...(load && { load }) });
    await stack.runUntil(day(20));
    const calls = cloud.callCounts();
    await cloud.close();
    return { runs: runs(), changes: changes(), calls };
  };
  const compiled = await rollOut(loadCompiled);
  expect(compiled.changes).toContain('done dev/general');
  expect(compiled).toEqual(await rollOut());
});
