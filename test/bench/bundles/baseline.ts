/**
 * Builds what a function is compared with: a handler that only creates the SDK clients which the function
 * bundles, and one that does nothing at all.
 *
 * Bundled as the functions are. What a function loads when it is asked for, its counterpart does too.
 *
 * Effect: writes into the folder it is given.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundling } from '../../../infra/bundle/build.ts';
import type { Weight } from './start-files.ts';

export type Clients = { readonly atStart: readonly string[]; readonly lazy: readonly string[] };

/** The packages of clients among those that a bundle is made of. */
export const clientsOf = (packages: ReadonlyMap<string, Weight>): Clients => {
  const clients = [...packages].filter(([name]) => name.startsWith('@aws-sdk/client-')).sort();
  const isAtStart = ([, { startBytes }]: (typeof clients)[number]) => startBytes > 0;
  const nameOf = ([name]: (typeof clients)[number]) => name;
  return {
    atStart: clients.filter(isAtStart).map(nameOf),
    lazy: clients.filter((client) => !isAtStart(client)).map(nameOf),
  };
};

/** `EC2Client` of `@aws-sdk/client-ec2`; the package exports its base class, `__Client`, too. */
const classOf = async (client: string): Promise<string> => {
  const names = Object.keys(await import(client)).filter((name) => /^[A-Z]\w*Client$/.test(name));
  const [name, more] = names;
  if (name === undefined || more !== undefined) throw new Error(`${client} exports ${names.join(', ')}`);
  return name;
};

const sourceOf = async ({ atStart, lazy }: Clients): Promise<Record<string, string>> => {
  const named = async (client: string) => ({ client, name: await classOf(client) });
  const now = await Promise.all(atStart.map(named));
  const later = await Promise.all(lazy.map(named));
  const index = [
    ...now.map(({ client, name }) => `import { ${name} } from '${client}';`),
    `const clients = [${now.map(({ name }) => `new ${name}({})`).join(', ')}];`,
    'export const handler = async () => {',
    ...later.map(({ name }) => `  clients.push(new (await import('./${name}.ts')).${name}({}));`),
    '  return clients.length;',
    '};',
  ];
  return Object.fromEntries([
    ['index.ts', index.join('\n')],
    // By name, so that the bundler can leave out the rest of the package.
    ...later.map(({ client, name }) => [`${name}.ts`, `export { ${name} } from '${client}';`]),
  ]);
};

/** Answers the folder of the bundle. */
export const buildBaseline = async (clients: Clients, into: string): Promise<string> => {
  const [source, outdir] = [join(into, 'source'), join(into, 'bundle')];
  for (const folder of [source, outdir]) mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(await sourceOf(clients))) writeFileSync(join(source, file), text);
  const root = bundling.absWorkingDir;
  await build({
    ...bundling,
    entryPoints: { index: join(source, 'index.ts') },
    outdir,
    nodePaths: [join(root, 'node_modules')],
  });
  writeFileSync(join(outdir, 'package.json'), '{"type":"module"}\n');
  return outdir;
};
