/**
 * Counts what a survey of a small fleet calls, of the functions that survey.
 */
import { day } from '../../stories/open-story.ts';
import { fleetOf, type Shape } from '../fleets.ts';
import { countOperations, inStory } from '../in-story.ts';

const surveyors = ['plan-rollouts', 'audit-nodes', 'track-compliance'] as const;

/** By function, and `service:Operation`. */
export const countSurvey = (shape: Shape): Promise<Record<string, Record<string, number>>> =>
  inStory(fleetOf(shape), { record: true, from: day(20) }, async ({ cloud, stack }) => {
    const counts: Record<string, Record<string, number>> = {};
    for (const name of surveyors) {
      cloud.forgetCalls();
      await stack.invoke(name, {});
      counts[name] = countOperations(cloud.calls);
    }
    return counts;
  });
