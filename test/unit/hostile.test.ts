/**
 * Whatever comes from outside is understood, or refused with its places named: nothing throws, nothing
 * blocks what comes behind it, and no problem repeats what it refuses.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as v from 'valibot';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { amiTypeOfImageName } from '../../functions/domain/ami-type.ts';
import { parseReleaseVersion } from '../../functions/domain/release-version.ts';
import { commanded } from '../../functions/edge/commands.ts';
import {
  auditRequest,
  complianceLook,
  lookNow,
  parseComplianceChange,
  queueBatch,
  urlRequest,
} from '../../functions/edge/events.ts';
import { parseNews } from '../../functions/edge/news.ts';
import { problemsOf as problemsIn } from '../../functions/edge/problems.ts';
import { trigger } from '../../functions/edge/triggers.ts';
import { readPolicy } from '../../infra/bundle/read-policy.ts';
import { changed, hostile, isLeaf, mangled, placesIn, samplesIn, secret } from '../hostile.ts';

const runs = { numRuns: 300 };

describe('an event', () => {
  const doors = { trigger, commanded, complianceLook, queueBatch, urlRequest, auditRequest, lookNow };

  it.each(Object.entries(doors))('at the door %s is parsed or refused, by its places', (_name, door) => {
    const samples = samplesIn('events');
    fc.assert(
      fc.property(fc.oneof(mangled(samples), fc.anything(), hostile), (event) => {
        const parsed = v.safeParse(door as v.GenericSchema, event);
        const problems = problemsIn(parsed.issues ?? []);
        expect(parsed.success).toBe(problems.length === 0);
        expect(problems.join()).not.toContain(secret);
      }),
      runs,
    );
  });

  it('of a queue is parsed or dropped', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          mangled(samplesIn('events/samples')).map((one) => JSON.stringify(one)),
        ),
        (body) => {
          expect(['undefined', 'object']).toContain(typeof parseNews(body));
          expect(['undefined', 'string']).toContain(typeof parseComplianceChange(body));
        },
      ),
      runs,
    );
  });
});

describe('text that AWS or a person wrote', () => {
  it('as a release version or an image’s name is read or not, and never throws', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^[0-9.v-]{0,40}$/),
      fc.stringMatching(/^(amazon-eks-node|bottlerocket|Windows_Server)-[a-z0-9._-]{0,60}$/),
    );
    fc.assert(
      fc.property(texts, fc.constantFrom('eks-linux', 'bottlerocket', 'windows'), (text, grammar) => {
        const read = parseReleaseVersion(grammar, text);
        if (read) expect(text).toContain(read.text);
        expect(() => amiTypeOfImageName(text)).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });

  it('as a policy is a policy, or an error that lists its problems', () => {
    const lines = policyText.split('\n');
    const at = fc.nat({ max: lines.length - 1 });
    const texts = fc.oneof(
      at.map((line) => lines.toSpliced(line, 1)),
      at.map((line) => lines.slice(0, line)),
      fc
        .tuple(at, hostile)
        .map(([line, put]) =>
          lines.with(line, (lines[line] ?? '').replace(/:.*/, `: ${JSON.stringify(put)}`)),
        ),
      fc.tuple(at, fc.string()).map(([line, put]) => lines.toSpliced(line, 0, put)),
      fc
        .tuple(at, fc.constantFrom('  ', '- ', '&a ', '*a', '!!js ', '{', '? '))
        .map(([line, put]) => lines.with(line, put + lines[line])),
    );
    fc.assert(
      fc.property(texts, (text) => {
        problemsOf(text.join('\n'));
      }),
      runs,
    );
  });
});

const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));
const policyText = readFileSync(join(import.meta.dirname, '../../infra/policy.yml'), 'utf8');

/** The places that are wrong; none where it is a policy. Anything but the list of problems is thrown on. */
const problemsOf = (text: string): readonly string[] => {
  const file = join(folder, 'policy.yml');
  writeFileSync(file, text);
  try {
    expect(readPolicy(file).waves.length).toBeGreaterThan(0);
    return [];
  } catch (error) {
    const [title = '', ...problems] = (error as Error).message.split('\n');
    expect(title).toBe(`The policy has ${problems.length} problem(s):`);
    return problems.map((problem) => problem.replace(/^ {2}.*?:\d+: /, '').split(' ')[0] ?? '');
  }
};

describe('a policy whose form is broken', () => {
  const whole = parse(policyText) as object;

  it('anywhere is a policy, or an error that lists places', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          mangled([whole]),
          mangled([whole]).chain((one) => mangled([one])),
          fc.jsonValue(),
        ),
        (one) => {
          for (const place of problemsOf(stringify(one))) expect(place).not.toBe('');
        },
      ),
      runs,
    );
  });

  it('in several places has all of them listed at once', () => {
    const leaves = placesIn(whole).filter(
      ([key = '', ...rest]) => key !== 'version' && isLeaf(whole, [key, ...rest]),
    );
    expect(leaves.length).toBeGreaterThan(40);
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...leaves), { minLength: 1, maxLength: 5 }), (places) => {
        const broken = places.reduce<unknown>((one, place) => changed(one, place, { wrong: null }), whole);
        const listed = problemsOf(stringify(broken));
        for (const place of places)
          expect(listed.filter((one) => one.startsWith(place.join('.')))).not.toEqual([]);
      }),
      runs,
    );
  });
});
