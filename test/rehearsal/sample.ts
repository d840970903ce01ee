/**
 * Reads the sample fleet and story for tests, as `npm start` does.
 *
 * Reads files.
 */
import { join } from 'node:path';
import { readJson } from './checked.ts';
import { checkFleet } from './fleet.ts';
import { type Plan, shelfAt } from './rehearse.ts';
import { checkStory } from './story.ts';

const readSample = (file: string): unknown => {
  const read = readJson(join(import.meta.dirname, file));
  if (read.is === 'bad') throw new Error(`${file}: ${JSON.stringify(read.problems)}`);
  return read.value;
};

export const samplePlan = (from: Date, to: Date): Plan => {
  const shelf = shelfAt(from);
  const fleet = checkFleet(readSample('fleets/sample.json'), shelf);
  if (fleet.is === 'bad') throw new Error(JSON.stringify(fleet.problems));
  const story = checkStory(readSample('stories/sample.json'), fleet.value, shelf);
  if (story.is === 'bad') throw new Error(JSON.stringify(story.problems));
  return { fleet: fleet.value, story: story.value, from, to };
};
