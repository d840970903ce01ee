/**
 * Writes a rehearsal as text for the engineer on call: what happened when and why, what became of every
 * node group, what Slack shows, what it cost in calls, and what it means.
 *
 * Pure.
 */
import { findings } from './findings.ts';
import { counted, day, grouped, listed, moment, table, width, wrap } from './layout.ts';
import type { Group, Rehearsal } from './rehearsal.ts';
import { threads } from './slack-text.ts';
import { timeline } from './timeline.ts';

const heading = (text: string): readonly string[] => ['', text.toUpperCase(), '─'.repeat(width), ''];

const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0);

const opening = ({ from, to, groups }: Rehearsal): readonly string[] => {
  const clusters = new Set(groups.map(({ account, region, cluster }) => `${account}/${region}/${cluster}`));
  const nodes = sum(groups.map((group) => group.nodes));
  return [
    `Rehearsal of ${day(from)} to ${day(to)}: ${counted(clusters.size, 'cluster')}, ${counted(groups.length, 'node group')}, ${counted(nodes, 'node')}. All times are UTC.`,
  ];
};

const groupRow = (group: Group): readonly string[] => [
  `  ${group.nodeGroup}`,
  group.amiType,
  grouped(group.nodes),
  group.before || '—',
  group.after === group.before ? 'the same' : group.after,
  group.wave ?? '—',
  group.state,
  String(group.updates),
];

const titles = ['  NODE GROUP', 'AMI TYPE', 'NODES', 'BEFORE', 'AFTER', 'WAVE', 'STATE', 'UPDATES'];

/** Clusters in the order of the fleet, each below its name; reasons below their group. */
const groupsTable = ({ groups, imageNames }: Rehearsal): readonly string[] => {
  const ordered = [...Map.groupBy(groups, ({ cluster }) => cluster).values()].flat();
  const [title = '', ...rows] = table([titles, ...ordered.map(groupRow)]);
  const lines: string[] = [title];
  let cluster = '';
  for (const [i, group] of ordered.entries()) {
    const name = `${group.cluster} (account ${group.account}, ${group.region})`;
    if (name !== cluster) lines.push(name);
    cluster = name;
    lines.push(rows[i] ?? '');
    if (group.reason !== undefined && group.state !== 'done')
      lines.push(...wrap(group.reason, width - 6).map((line) => `      ${line}`));
  }
  const ids = new Set(groups.flatMap(({ before, after }) => [before, after]));
  const names = Object.entries(imageNames).flatMap(([id, name]) =>
    ids.has(id) ? [`  ${id} is ${name}`] : [],
  );
  return names.length === 0 ? lines : [...lines, '', ...names];
};

const callLines = ({ calls, from, to }: Rehearsal): readonly string[] => {
  const services = Map.groupBy(Object.entries(calls), ([operation]) => operation.split(':')[0] ?? '');
  const hours = (Date.parse(to) - Date.parse(from)) / 3_600_000;
  const total = sum(Object.values(calls));
  const rows = [...services].map(([service, operations]) => {
    const all = sum(operations.map(([, number]) => number));
    const each = operations
      .toSorted(([, a], [, b]) => b - a)
      .map(([operation, number]) => `${operation.slice(service.length + 1)} ${grouped(number)}`);
    return { service, all: grouped(all), text: each.join(', ') };
  });
  const [first, second] = [
    Math.max(0, ...rows.map(({ service }) => service.length)),
    Math.max(0, ...rows.map(({ all }) => all.length)),
  ];
  const margin = first + second + 6;
  return [
    ...rows.flatMap(({ service, all, text }) =>
      wrap(text, width - margin).map((line, i) =>
        i === 0
          ? `  ${service.padEnd(first)}  ${all.padStart(second)}  ${line}`
          : `${' '.repeat(margin)}${line}`,
      ),
    ),
    '',
    `  ${counted(total, 'call')} in all, ${(total / Math.max(hours, 1)).toFixed(1)} an hour. Idle ticks, which only read, were jumped over.`,
  ];
};

/** Groups that got one release more than once: none, as long as Drydock keeps its word. */
const movedTwice = ({ events }: Rehearsal): readonly string[] => {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const event of events) {
    if (event.type !== 'Update Succeeded') continue;
    const name = `${event.cluster}/${event.nodeGroup}`;
    if (seen.has(`${name} ${event.to}`)) twice.add(name);
    seen.add(`${name} ${event.to}`);
  }
  return [...twice];
};

const told = (what: string, names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : [`${what}: ${listed(names)}`];

const closing = (rehearsal: Rehearsal): string => {
  const { events, groups, from, to } = rehearsal;
  const days = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
  const rollouts = events.filter(({ type }) => type === 'Rollout Opened').length;
  const halted = events.flatMap((event) => (event.type === 'Rollout Halted' ? [event.train] : []));
  const moved = groups.filter(({ before, after, state }) => before !== after && state !== 'gone');
  const updates = sum(groups.map((group) => group.updates));
  const named = (state: Group['state']) =>
    groups.filter((group) => group.state === state).map((group) => `${group.cluster}/${group.nodeGroup}`);
  const twice = movedTwice(rehearsal);
  const rest = [
    ...told('failed, for a person to look at', named('failed')),
    ...told('left alone', named('held')),
    ...told('still waiting', named('waiting')),
    ...told('under way', [...named('updating'), ...named('verifying')]),
    ...told('halted', halted),
    ...told('got one release TWICE', twice),
  ];
  const once = twice.length === 0 && moved.length > 0 ? ', each once for each train' : '';
  const done = `${counted(rollouts, 'rollout')} with ${counted(updates, 'update')} moved ${moved.length} of ${counted(groups.length, 'node group')}${once}`;
  return `${[`In ${counted(days, 'day')} ${done}`, ...rest].join('; ')}.`;
};

export const report = (rehearsal: Rehearsal): string =>
  [
    ...opening(rehearsal),
    ...heading('What happened'),
    ...timeline(rehearsal),
    ...heading('Node groups before and after'),
    ...groupsTable(rehearsal),
    ...heading(`Findings open on ${moment(rehearsal.to)}`),
    ...findings(rehearsal.events),
    ...heading(`Slack, as it stands on ${moment(rehearsal.to)}`),
    ...threads(rehearsal.messages),
    ...heading('Calls'),
    ...callLines(rehearsal),
    ...heading('What it means'),
    ...wrap(closing(rehearsal), width),
    '',
  ].join('\n');
