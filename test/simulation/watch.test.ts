/** The watch sees what Drydock never lets it see: updates that break a wave's limit, or are of another tool's group. */
import { expect, it, onTestFinished } from 'vitest';
import { startCloud } from '../cloud/cloud.ts';
import { day, home } from '../stories/open-story.ts';
import { type Group, smallest } from './scenario.ts';
import { watch } from './watch.ts';

const group = (name: string, tag: Group['tag']): Group => ({
  name,
  nodes: 1,
  ownImage: false,
  tag,
  blockedOnce: false,
});

it.each<[string, Group['tag'], number, readonly string[]]>([
  ['all is well', 'none', 2, []],
  ['a wave has one too many', 'none', 1, ['2 updates at once in the wave of dev']],
  ['one group is another tool’s', 'foreign', 2, ['dev/b was started though its tag says not to']],
])('%s', async (_case, tag, concurrency, broken) => {
  const start = day(18, '09:00');
  const cloud = await startCloud({ start });
  onTestFinished(() => cloud.close());
  cloud.shelf.scheduleOnto(cloud.clock, [home.region], { from: start, to: start });
  cloud.estate.addCluster({ ...home, name: 'dev', version: '1.34' });
  for (const name of ['a', 'b']) {
    cloud.estate.addNodeGroup({ cluster: 'dev', name });
    const made = cloud.estate.nodeGroup({ cluster: 'dev', nodeGroup: name });
    cloud.estate.startVersionUpdate(made, { to: made.image, params: [], force: false });
  }
  const watched = watch(cloud, {
    ...smallest,
    clusters: [{ environment: 'dev', groups: [group('a', 'none'), group('b', tag)] }],
    concurrency: [concurrency, 1, 1],
    perCluster: 2,
    perRegion: 2,
  });
  watched.look(cloud.clock.now());
  expect(watched.end()).toEqual(broken);
});
