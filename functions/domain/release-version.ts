/**
 * Reads and compares release versions, in the three ways EKS writes them.
 *
 * - EKS's Linux images: `1.34.9-20260714` (kubelet, build date). Ordered by build date, then by
 *   kubelet patch, as numbers: text order is wrong for every minor that reached patch 10.
 * - Bottlerocket: `1.55.0-d93bb1b1` (version, commit). It names no Kubernetes minor and no date.
 * - Windows: `1.34-2026.07.15` (minor, build date; some have a patch, `1.31.3-2024.11.12`).
 *
 * Forms: EKS user guide "eks-linux-ami-versions", "eks-ami-versions-windows" and
 * "eks-ami-versions-bottlerocket", checked 2026-11-23. Never compared across grammars.
 *
 * Pure.
 */
export type Grammar = 'eks-linux' | 'bottlerocket' | 'windows';

export type ReleaseVersion = {
  readonly grammar: Grammar;
  readonly text: string;
  /** Kubernetes minor that it is for; `undefined` where the version does not say. */
  readonly minor: string | undefined;
  /** What is the same in all versions of a release train: `v20260714`, `1.55.0`, `2026.07.15`. */
  readonly build: string;
  /** Compared number by number; the first difference decides. */
  readonly order: readonly number[];
};

type Reading = {
  readonly form: RegExp;
  readonly minor?: string;
  readonly build: string;
  readonly order: string;
};

const grammars: Record<Grammar, Reading> = {
  'eks-linux': {
    form: /^(?<minor>\d+\.\d+)\.(?<patch>\d+)-(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})$/,
    minor: '$<minor>',
    build: 'v$<year>$<month>$<day>',
    order: '$<year>.$<month>.$<day>.$<patch>',
  },
  bottlerocket: {
    form: /^(?<version>\d+\.\d+\.\d+)-(?<commit>[0-9a-f]{8})$/,
    build: '$<version>',
    order: '$<version>',
  },
  windows: {
    form: /^(?<minor>\d+\.\d+)(?:\.\d+)?-(?<date>\d{4}\.\d{2}\.\d{2})$/,
    minor: '$<minor>',
    build: '$<date>',
    order: '$<date>',
  },
};

/** `undefined` when the text is not of the grammar. */
export const parseReleaseVersion = (grammar: Grammar, text: string): ReleaseVersion | undefined => {
  const { form, minor, build, order } = grammars[grammar];
  if (!form.test(text)) return undefined;
  return {
    grammar,
    text,
    minor: minor && text.replace(form, minor),
    build: text.replace(form, build),
    order: text.replace(form, order).split('.').map(Number),
  };
};

/** Negative when `a` is older than `b`; `undefined` when the two cannot be compared. */
export const compareReleaseVersions = (a: ReleaseVersion, b: ReleaseVersion): number | undefined => {
  if (a.grammar !== b.grammar || a.minor !== b.minor) return undefined;
  for (const [i, number] of a.order.entries()) {
    const difference = number - (b.order[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};
