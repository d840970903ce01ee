/**
 * Lists the parts of the bench: what each measures, and how its figures are shown.
 *
 * A part is measured alone or with the others; none needs another's figures.
 */
import { measureBundles, showBundles } from './bundles/bundles.ts';
import { measureCost, showCost } from './cost/cost.ts';
import { measureIdle, showIdle } from './idle.ts';
import type { Options } from './options.ts';
import { measureRollouts, showRollouts } from './rollout/rollout.ts';
import { measureSlack, showSlack } from './slack.ts';
import { measureSurvey, showSurvey } from './survey/survey.ts';

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
  idle: part('calls of a look for releases that finds nothing new', () => measureIdle(), showIdle),
  survey: part(
    'calls, time and memory of surveys, from 100 node groups to 2,000 (10,000 with --long)',
    ({ long }) => measureSurvey(long),
    showSurvey,
  ),
  rollout: part(
    'time, ticks and calls of a rollout against what its policy allows (420 groups with --long)',
    ({ long }) => measureRollouts(long),
    showRollouts,
  ),
  slack: part('what Slack is told of a rollout and in a quiet week', () => measureSlack(), showSlack),
  cost: part('what a month costs, for one cluster and for two hundred', () => measureCost(), showCost),
};
