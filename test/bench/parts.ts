/**
 * Lists the parts of the bench: what each measures, and how its figures are shown.
 *
 * A part is measured alone or with the others; none needs another's figures.
 */
import { measureBundles, showBundles } from './bundles/bundles.ts';
import type { Options } from './options.ts';

type Measured = { readonly figures: unknown; readonly text: readonly string[] };
export type Part = {
  readonly about: string;
  measure(options: Options): Promise<Measured>;
};

const part = <Figures>(
  about: string,
  measure: (options: Options) => Promise<Figures>,
  show: (figures: Figures) => readonly string[],
): Part => ({
  about,
  measure: async (options) => {
    const figures = await measure(options);
    return { figures, text: show(figures) };
  },
});

export const parts: Readonly<Record<string, Part>> = {
  bundles: part(
    'size and start of each function, and what each package costs in it',
    ({ rounds }) => measureBundles(rounds),
    showBundles,
  ),
};
