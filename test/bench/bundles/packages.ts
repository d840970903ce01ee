/**
 * Says what each npm package, and each part of Drydock's own code, weighs in a bundle.
 *
 * Knows esbuild's metafile: which inputs went into which output file, and how many bytes of them were left
 * after what nobody uses was taken out.
 *
 * Pure.
 */
import { basename, dirname } from 'node:path';
import type { Metafile } from 'esbuild';
import type { Weight } from './start-files.ts';

/** `@aws-sdk/client-ec2` for a file of a package, `functions/domain` for one of ours. */
const ownerOf = (input: string): string => {
  const inPackage = input.split('node_modules/').at(-1) ?? '';
  if (inPackage === input) return /^functions\/\w+(?=\/)/.exec(input)?.[0] ?? dirname(input);
  return inPackage.split('/', inPackage.startsWith('@') ? 2 : 1).join('/');
};

export const weighPackages = (
  { outputs }: Metafile,
  atStart: readonly string[],
): ReadonlyMap<string, Weight> => {
  const weights = new Map<string, Weight>();
  for (const [file, { inputs }] of Object.entries(outputs))
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const owner = ownerOf(input);
      const { startBytes, lazyBytes } = weights.get(owner) ?? { startBytes: 0, lazyBytes: 0 };
      weights.set(
        owner,
        atStart.includes(basename(file))
          ? { startBytes: startBytes + bytesInOutput, lazyBytes }
          : { startBytes, lazyBytes: lazyBytes + bytesInOutput },
      );
    }
  return weights;
};
