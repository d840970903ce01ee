/**
 * Loads built bundles many times in a process, and compiles each once.
 *
 * An import is compiled anew each time, is slow anew, and is never let go of. Here the modules of a bundle become
 * one function, which V8 keeps fast; each call of it is a load, with variables of its own.
 *
 * Effect: writes to the system's temporary folder, and runs bundles in this process.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import type { Handler, Load } from '../cloud/lambda.ts';
import { scratchFolder } from '../cloud/scratch.ts';

type Module = { exports: { handler?: Handler } };
type Compiled = (require: (name: string) => unknown, module: Module) => void;

const requireNode = createRequire(import.meta.url);
const policyFile = './policy.js';

const compile = (file: string): Compiled => {
  const outfile = join(scratchFolder('compiled'), 'bundle.cjs');
  buildSync({
    entryPoints: [file],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    external: [policyFile],
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(file)) },
    banner: { js: 'module.exports = (require, module) => {' },
    footer: { js: '};' },
  });
  return requireNode(outfile);
};

/** By what the entry says: it names its chunks by what these say. */
const compiled = new Map<string, Compiled>();

const compiledOf = (file: string): Compiled => {
  const entry = readFileSync(file, 'utf8');
  const known = compiled.get(entry) ?? compile(file);
  compiled.set(entry, known);
  return known;
};

export const loadCompiled: Load = async (file) => {
  const policy = () => structuredClone(requireNode(join(dirname(file), policyFile)).default);
  const module: Module = { exports: {} };
  compiledOf(file)((name) => (name === policyFile ? policy() : requireNode(name)), module);
  const { handler } = module.exports;
  if (!handler) throw new Error(`${file} exports no handler`);
  return handler;
};
