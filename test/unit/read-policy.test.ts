import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { rules } from '../../functions/domain/rules.ts';
import { readPolicy } from '../../infra/bundle/read-policy.ts';

const folder = mkdtempSync(join(tmpdir(), 'policy-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'policy.yml');
const read = (text: string) => {
  writeFileSync(file, text);
  return readPolicy(file);
};
/** Line and text of each problem. */
const problemsOf = (text: string): string[] => {
  try {
    read(text);
  } catch (error) {
    const [title, ...problems] = (error as Error).message.split('\n');
    expect(title).toBe(`The policy has ${problems.length} problem(s):`);
    return problems.map((problem) => problem.replace(`  ${file}:`, ''));
  }
  return [];
};

const small = `version: 1
waves:
  - name: all
    soakHours: 0
slack:
  channel: '#drydock'
`;
const defaultFile = new URL('../../infra/policy.yml', import.meta.url).pathname;

it('reads the default policy', () => {
  expect(readPolicy(defaultFile)).toMatchObject({
    version: 1,
    clusters: [{ clusters: ['*'] }],
    releases: { minimumAgeDays: 7, deny: [] },
    ownImages: [],
    waves: [
      {
        name: 'canary',
        select: [{ tags: { environment: 'dev' } }],
        atLeast: 1,
        soakHours: 24,
        window: 'working-hours',
        concurrency: 2,
        failureBudget: 0,
      },
      { name: 'staging', failureBudget: 1 },
      { name: 'rest', select: [], atLeast: 0, soakHours: 0 },
    ],
    limits: { perCluster: 1, perRegion: 20 },
    windows: {
      'working-hours': {
        timeZone: 'Etc/UTC',
        days: ['mon', 'tue', 'wed', 'thu'],
        from: '08:00',
        to: '15:00',
      },
    },
    freezes: [],
    findings: { rules: {}, mute: [], ebsDriver: {} },
    slack: {
      channel: '#drydock',
      mention: [],
      allow: {},
      findings: { atOnce: ['critical', 'high'], channels: [] },
    },
  });
});

it('fills in what is left out, as the default file shows it', () => {
  const { waves, windows, ...shown } = readPolicy(defaultFile);
  expect(read(small)).toEqual({
    ...shown,
    windows: {},
    waves: [
      {
        name: 'all',
        select: [],
        atLeast: 0,
        soakHours: 0,
        concurrency: 1,
        failureBudget: 0,
        alarms: [],
        forceWhenBlocked: false,
      },
    ],
  });
  expect([waves.length, Object.keys(windows).length]).toEqual([3, 1]);
  expect(read(`${small}releases: {}\nlimits: { perCluster: 3 }\n`)).toMatchObject({
    releases: { minimumAgeDays: 7, deny: [] },
    limits: { perCluster: 3, perRegion: 20 },
  });
});

it('reads the examples that the default file gives in comments', () => {
  const examples = readFileSync(defaultFile, 'utf8')
    .replace(/^ownImages: \[\]\n/m, '')
    .replace(/^freezes: \[\]\n/m, '')
    .replace(/^# (ownImages:|freezes:| {2}- \{? ?(?:parameter|name)| {4}select:| {6}- tags)/gm, '$1');
  expect(read(examples)).toMatchObject({
    ownImages: [{ parameter: '/golden/eks-node/{minor}/image-id', select: [{ tags: { image: 'golden' } }] }],
    freezes: [{ name: 'end of year', timeZone: 'Europe/Berlin', from: '2026-12-18', to: '2027-01-04' }],
  });
});

it('reads the examples of findings that the default file gives in comments', () => {
  const [, about = ''] = readFileSync(defaultFile, 'utf8').split('# What `audit-nodes` finds.');
  const examples = about.split('\n').flatMap((line) => /^# {16}(.*)/.exec(line)?.[1] ?? []);
  const [tuned, muted] = [examples.slice(0, 2), examples.slice(2)];
  const text = [
    'findings:',
    '  rules:',
    ...tuned.map((line) => `    ${line}`),
    '  mute:',
    ...muted.map((line) => `    ${line}`),
  ];
  expect(read(`${small}${text.join('\n')}\n`).findings).toMatchObject({
    rules: { 'burstable-types': { enabled: false }, 'ebs-slots': { settings: { minimumSlots: 20 } } },
    mute: [{ rules: ['zone-balance'], select: [{ clusters: ['dev-*'] }], until: '2027-01-31' }],
  });
});

it('reads what the policy says of findings', () => {
  const { findings } = read(`${small}findings:
  rules:
    burstable-types: { enabled: false }
    ebs-slots: { settings: { minimumSlots: 0 } }
    node-size: { enabled: true, settings: { manyNodes: 50, smallVcpus: 2 } }
  mute:
    - rules: [zone-balance]
      select: [{ clusters: ['dev-*'] }]
      until: 2027-01-31
    - select: [{ tags: { team: data } }]
  ebsDriver: { reservedVolumeAttachments: 0, volumeAttachLimit: 1 }
`);
  expect(findings).toEqual({
    rules: {
      'burstable-types': { enabled: false, settings: {} },
      'ebs-slots': { enabled: true, settings: { minimumSlots: 0 } },
      'node-size': { enabled: true, settings: { manyNodes: 50, smallVcpus: 2 } },
    },
    mute: [
      { rules: ['zone-balance'], select: [{ clusters: ['dev-*'] }], until: '2027-01-31' },
      { select: [{ tags: { team: 'data' } }] },
    ],
    ebsDriver: { reservedVolumeAttachments: 0, volumeAttachLimit: 1 },
  });
});

it('takes every rule with every setting that it has', () => {
  const tuned = rules.map(({ name, settings }) => `    ${name}: { settings: ${JSON.stringify(settings)} }\n`);
  expect(Object.keys(read(`${small}findings:\n  rules:\n${tuned.join('')}`).findings.rules)).toHaveLength(
    rules.length,
  );
});

describe('takes values up to their limits', () => {
  it.each([
    ['a soak of half an hour', small.replace('soakHours: 0', 'soakHours: 0.5')],
    ['a soak of 30 days', small.replace('soakHours: 0', 'soakHours: 720')],
    [
      'a freeze of a day',
      `${small}freezes: [{ name: fair, timeZone: Etc/UTC, from: 2026-07-20, to: 2026-07-20 }]\n`,
    ],
    [
      'a leap day',
      `${small}freezes: [{ name: fair, timeZone: Etc/UTC, from: 2028-02-29, to: 2028-02-29 }]\n`,
    ],
    [
      'the last minute of a day',
      `${small}windows: { late: { timeZone: Asia/Kolkata, days: [sun], from: '00:00', to: '23:59' } }\n`,
    ],
    ['a wave named nearly like what every object has', small.replace('name: all', 'name: to-string')],
    ['no minimum age', `${small}releases: { minimumAgeDays: 0 }\n`],
  ])('%s', (_case, text) => {
    expect(problemsOf(text)).toEqual([]);
  });
});

const rule = (line: string) => `${small}findings:\n  rules:\n    ${line}\n`;
const mute = (line: string) => `${small}findings:\n  mute:\n    - ${line}\n`;
const driver = (line: string) => `${small}findings:\n  ebsDriver: { ${line} }\n`;
const wave = (line: string) => small.replace('    soakHours: 0\n', `    soakHours: 0\n    ${line}\n`);
const window = (line: string) =>
  `${small}windows:\n  w:\n    ${['timeZone: Etc/UTC', 'days: [mon]', "from: '08:00'", "to: '09:00'"].filter((one) => one.split(':')[0] !== line.split(':')[0]).join('\n    ')}\n    ${line}\n`;
const freeze = (from: string, to: string, timeZone = 'Etc/UTC') =>
  `${small}freezes:\n  - name: fair\n    timeZone: ${timeZone}\n    from: ${from}\n    to: ${to}\n`;

describe('names a mistake by line and path', () => {
  it.each<[string, string, string[]]>([
    ['an empty file', '', ['1: the file must be Object']],
    ['a text', 'hello\n', ['1: the file must be Object']],
    ['broken YAML', 'version: 1\nwaves: [\n', ['3: Flow sequence']],
    ['a setting given twice', `${small}version: 1\n`, ['7: Map keys must be unique']],
    ['a map for a key', `${small}? releases:\n    deny: []\n`, ['7: a key must be a text of its own']],
    ['a key of two lines', `${small}"re\\nleases": 1\n`, ['7: "re\\nleases" is not a setting of the policy']],
    ['a key of a blank', `${small}" ": 1\n`, ['7: " " is not a setting of the policy']],
    ['another version', small.replace('version: 1', 'version: 2'), ['1: version must be 1']],
    ['no version', small.replace('version: 1\n', ''), ['1: version is missing']],
    ['a setting that there is not', `${small}color: blue\n`, ['7: color is not a setting of the policy']],
    [
      'a setting of a wave that there is not',
      wave('pace: slow'),
      ['5: waves.0.pace is not a setting of the policy'],
    ],
    [
      'no wave',
      small.replace(/waves:[\s\S]*soakHours: 0\n/, 'waves: []\n'),
      ['2: waves must have at least one wave'],
    ],
    [
      'a wave without a name',
      small.replace('- name: all\n    soak', '- soak'),
      ['3: waves.0.name is missing'],
    ],
    ['a wave without a soak', small.replace('    soakHours: 0\n', ''), ['3: waves.0.soakHours is missing']],
    [
      'a wave with a strange name',
      small.replace('name: all', "name: 'a/b'"),
      ['3: waves.0.name must be a short name'],
    ],
    [
      'a wave with a long name',
      small.replace('name: all', `name: ${'a'.repeat(64)}`),
      ['3: waves.0.name must be a short name'],
    ],
    ...['toString', 'constructor', 'prototype', 'hasOwnProperty'].map((name): [string, string, string[]] => [
      `a wave named ${name}`,
      small.replace('name: all', `name: ${name}`),
      ['3: waves.0.name is a name that every JavaScript object has: take another'],
    ]),
    [
      'a wave named like the place of every object',
      small.replace('name: all', 'name: __proto__'),
      ['3: waves.0.name must be a short name', '3: waves.0.name is a name that every JavaScript object has'],
    ],
    [
      'a soak below nothing',
      small.replace('soakHours: 0', 'soakHours: -1'),
      ['4: waves.0.soakHours must be 0 or more'],
    ],
    [
      'a soak of more than 30 days',
      small.replace('soakHours: 0', 'soakHours: 721'),
      ['4: waves.0.soakHours must be at most 720'],
    ],
    [
      'a soak in words',
      small.replace('soakHours: 0', 'soakHours: long'),
      ['4: waves.0.soakHours must be number'],
    ],
    ['no group at once', wave('concurrency: 0'), ['5: waves.0.concurrency must be 1 or more']],
    ['half a group', wave('concurrency: 1.5'), ['5: waves.0.concurrency must be a whole number']],
    ['a budget below nothing', wave('failureBudget: -1'), ['5: waves.0.failureBudget must be 0 or more']],
    ['fewer than no group', wave('atLeast: -1'), ['5: waves.0.atLeast must be 0 or more']],
    [
      'a window that there is not',
      wave('window: nights'),
      ['5: waves.0.window names the window nights, which windows does not have'],
    ],
    [
      'a window that every object has',
      wave('window: constructor'),
      ['5: waves.0.window names the window constructor'],
    ],
    [
      'a second wave of a name',
      small.replace('slack:', '  - name: all\n    soakHours: 1\nslack:'),
      ['5: waves.1.name names a second wave all'],
    ],
    [
      'an account that YAML takes for a number',
      `targets: [{ account: 444455556666 }]\n${small}`,
      ['1: targets.0.account must be the 12 digits of an account, in quotes'],
    ],
    [
      'a region that is none, and an external id that IAM would not take',
      `targets: [{ regions: [europe], externalId: 'a b' }]\n${small}`,
      [
        '1: targets.0.regions.0 must be a region, such as eu-central-1',
        '1: targets.0.externalId must be 2 to 1224 letters, digits and + = , . @ : / - _',
      ],
    ],
    [
      'one account twice',
      `targets: [{}, { account: '444455556666' }, { account: '444455556666', regions: [us-east-1] }]\n${small}`,
      ['1: targets.2 names the account 444455556666 a second time'],
    ],
    ['no target at all', `targets: []\n${small}`, ['1: targets must name a target, or be left out']],
    [
      'a selector that names nothing',
      wave('select: [{}]'),
      ['5: waves.0.select.0 must name accounts, regions, clusters, nodeGroups or tags'],
    ],
    [
      'a selector of no cluster',
      wave('select: [{ clusters: [] }]'),
      ['5: waves.0.select.0.clusters must name at least one'],
    ],
    [
      'a selector of no tag',
      wave('select: [{ tags: {} }]'),
      ['5: waves.0.select.0.tags must name at least one'],
    ],
    [
      'a selector of something else',
      wave('select: [{ nodes: [a] }]'),
      ['5: waves.0.select.0.nodes is not a setting of the policy'],
    ],
    [
      'a tag that is no text',
      wave('select: [{ tags: { gpu: true } }]'),
      ['5: waves.0.select.0.tags.gpu must be string'],
    ],
    ['no cluster to look after', `${small}clusters: []\n`, ['7: clusters must select something']],
    [
      'an age below nothing',
      `${small}releases: { minimumAgeDays: -1 }\n`,
      ['7: releases.minimumAgeDays must be 0 or more'],
    ],
    ['an empty release to deny', `${small}releases: { deny: [''] }\n`, ['7: releases.deny.0 ']],
    [
      'no room in a cluster',
      `${small}limits: { perCluster: 0 }\n`,
      ['7: limits.perCluster must be 1 or more'],
    ],
    ['no room in a region', `${small}limits: { perRegion: 0 }\n`, ['7: limits.perRegion must be 1 or more']],
    [
      'a parameter without a path',
      `${small}ownImages:\n  - parameter: golden\n    select: [{ clusters: ['*'] }]\n`,
      ['8: ownImages.0.parameter must be the path of a parameter'],
    ],
    [
      'own images of no group',
      `${small}ownImages:\n  - parameter: /golden\n    select: []\n`,
      ['9: ownImages.0.select must select something'],
    ],
    [
      'a time zone that there is not',
      window('timeZone: Europe/Atlantis'),
      ['12: windows.w.timeZone is no IANA time zone'],
    ],
    ['a day that there is not', window('days: [monday]'), ['12: windows.w.days.0 must be one of mon, tue']],
    ['a window without a day', window('days: []'), ['12: windows.w.days must name a day']],
    [
      'an hour that there is not',
      window("from: '24:00'"),
      ["12: windows.w.from is no time of day, such as '08:00'"],
    ],
    ['a minute that there is not', window("to: '08:60'"), ['12: windows.w.to is no time of day']],
    ['an hour of one digit', window("from: '8:00'"), ['12: windows.w.from is no time of day']],
    ['a window without an end', window('to: ').replace('    to: \n', ''), ['8: windows.w.to is missing']],
    [
      'a day that the calendar does not have',
      freeze('2026-02-29', '2026-03-01'),
      ['10: freezes.0.from is no date, such as 2026-12-18'],
    ],
    ['a date with a time', freeze('2026-02-01T00:00', '2026-03-01'), ['10: freezes.0.from is no date']],
    [
      'a freeze in no time zone',
      freeze('2026-02-01', '2026-03-01', 'Berlin'),
      ['9: freezes.0.timeZone is no IANA time zone'],
    ],
    [
      'a freeze that ends before it starts',
      freeze('2026-02-02', '2026-02-01'),
      ['11: freezes.0.to lies before from'],
    ],
    [
      'a rule that there is not',
      rule('ebs-slot: { enabled: false }'),
      ['9: findings.rules.ebs-slot is no rule: there are ami-family-end, burstable-types,'],
    ],
    [
      'a rule that every object has',
      rule('toString: { enabled: false }'),
      ['9: findings.rules.toString is no rule'],
    ],
    [
      'a setting that the rule does not have',
      rule('ebs-slots: { settings: { minimum: 3 } }'),
      ['9: findings.rules.ebs-slots.settings.minimum is no setting of the rule: it has minimumSlots'],
    ],
    [
      'a setting of a rule without any',
      rule('syslog: { settings: { days: 3 } }'),
      ['9: findings.rules.syslog.settings.days is no setting of the rule: it has none'],
    ],
    [
      'a setting in the wrong place',
      rule('ebs-slots: { minimumSlots: 3 }'),
      ['9: findings.rules.ebs-slots.minimumSlots is not a setting of the policy'],
    ],
    [
      'a setting below nothing',
      rule('ebs-slots: { settings: { minimumSlots: -1 } }'),
      ['9: findings.rules.ebs-slots.settings.minimumSlots must be 0 or more'],
    ],
    [
      'half a slot',
      rule('ebs-slots: { settings: { minimumSlots: 1.5 } }'),
      ['9: findings.rules.ebs-slots.settings.minimumSlots must be a whole number'],
    ],
    [
      'slots in words',
      rule('ebs-slots: { settings: { minimumSlots: many } }'),
      ['9: findings.rules.ebs-slots.settings.minimumSlots must be number'],
    ],
    ['a rule that is off in words', rule('syslog: off'), ['9: findings.rules.syslog must be Object']],
    [
      'a rule that is on in words',
      rule('syslog: { enabled: sure }'),
      ['9: findings.rules.syslog.enabled must be boolean'],
    ],
    [
      'a mute of a rule that there is not',
      mute("{ rules: [syslog, sislog], select: [{ clusters: ['*'] }] }"),
      ['9: findings.mute.0.rules.1 sislog is no rule: there are'],
    ],
    [
      'a mute of no rule',
      mute("{ rules: [], select: [{ clusters: ['*'] }] }"),
      ['9: findings.mute.0.rules must name at least one'],
    ],
    ['a mute of nothing', mute('{ select: [] }'), ['9: findings.mute.0.select must select something']],
    ['a mute of anything', mute('{ rules: [syslog] }'), ['9: findings.mute.0.select is missing']],
    [
      'a mute until some time',
      mute("{ select: [{ clusters: ['*'] }], until: soon }"),
      ['9: findings.mute.0.until is no date, such as 2026-12-18'],
    ],
    [
      'a driver without a slot',
      driver('volumeAttachLimit: 0'),
      ['8: findings.ebsDriver.volumeAttachLimit must be 1 or more'],
    ],
    [
      'a driver that reserves less than nothing',
      driver('reservedVolumeAttachments: -1'),
      ['8: findings.ebsDriver.reservedVolumeAttachments must be 0 or more'],
    ],
    [
      'no channel',
      small.replace("  channel: '#drydock'", "  channel: ''"),
      ['6: slack.channel must name a channel'],
    ],
    [
      'ids that are none, and commands that no button asks for',
      `${small}  mention: ['@anna']\n  allow: { stop: [anna], roll-now: [U0ANNA] }\n`,
      [
        '7: slack.mention.0 must be the Slack id of a person (U…) or of a user group (S…)',
        "8: slack.allow.stop.0 must be the Slack id of a person (U…) or of a user group (S…), or '*'",
        '8: slack.allow.roll-now is not a setting of the policy',
      ],
    ],
    [
      'channels for findings that nothing tells apart, and severities that are none',
      `${small}  findings:\n    atOnce: [bad]\n    channels:\n      - channel: '#a'\n      - { channel: '', select: [] }\n`,
      [
        '8: slack.findings.atOnce.0 must be one of critical, high, medium, low',
        '10: slack.findings.channels.0 must name severities or select',
        '11: slack.findings.channels.1.channel must name a channel',
        '11: slack.findings.channels.1.select must select something',
      ],
    ],
    ['no Slack', small.replace(/slack:[\s\S]*/, ''), ['1: slack is missing']],
  ])('%s', (_case, text, problems) => {
    const found = problemsOf(text);
    expect(found).toHaveLength(problems.length);
    for (const [i, problem] of problems.entries())
      expect(found[i]?.startsWith(problem), `${found[i]} should start with ${problem}`).toBe(true);
  });
});

it('names all mistakes at once, by line, those between parts with the others', () => {
  expect(
    problemsOf(`version: 2
waves:
  - name: all
    soakHours: -1
    window: nights
  - name: all
    soakHours: 0
    concurrency: none
  - 7
windows:
  days: { timeZone: Mars, days: [mon], from: '08:00', to: '09:00' }
freezes:
  - { name: fair, timeZone: Etc/UTC, from: 2026-02-02, to: 2026-02-01 }
  - { name: 7, timeZone: Etc/UTC, from: soon, to: 2026-02-01 }
findings:
  rules: { ebs-slots: { settings: { slots: few } }, ebs-slot: {}, ebs-slott: 1 }
  mute: [{ rules: [a, syslog, b], select: [] }, 7]
color: blue
`).map((problem) => problem.split(' ').slice(0, 2).join(' ')),
  ).toEqual([
    '1: version',
    '1: slack',
    '4: waves.0.soakHours',
    '5: waves.0.window',
    '6: waves.1.name',
    '8: waves.1.concurrency',
    '9: waves.2',
    '11: windows.days.timeZone',
    '13: freezes.0.to',
    '14: freezes.1.name',
    '14: freezes.1.from',
    '16: findings.rules.ebs-slots.settings.slots',
    '16: findings.rules.ebs-slott',
    '16: findings.rules.ebs-slots.settings.slots',
    '16: findings.rules.ebs-slot',
    '16: findings.rules.ebs-slott',
    '17: findings.mute.0.select',
    '17: findings.mute.1',
    '17: findings.mute.0.rules.0',
    '17: findings.mute.0.rules.2',
    '18: color',
  ]);
});
