/**
 * Judges a surveyed data plane by every rule.
 *
 * Pure.
 */
import type { DataPlane } from './data-plane.ts';
import type { Finding } from './finding.ts';
import type { Rule, Scene } from './rules/rule.ts';

const rules: readonly Rule<object>[] = [];

/** Findings of all rules, gravest first; the same survey and scene give the same list. */
export const judgeDataPlane = (plane: DataPlane, scene: Scene): readonly Finding[] =>
  rules.flatMap((rule) => rule.judge(plane, rule.settings, scene));
