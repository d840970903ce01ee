/**
 * Reads which release each source names, and what it named before.
 *
 * Ten names a call; the two parameters of a source travel in the same call, so that they are of
 * one moment. Public parameters keep no history under their own name, but AWS keeps a parameter
 * for every release it published beside the recommended one.
 *
 * Reads SSM: GetParameters, GetParametersByPath, GetParameterHistory.
 */
import {
  GetParametersCommand,
  type Parameter,
  paginateGetParameterHistory,
  paginateGetParametersByPath,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { type AmiTypeFacts, factsOf } from '../domain/ami-type.ts';
import type { Parameters } from '../domain/ports.ts';
import type { ReleaseSource } from '../domain/release.ts';
import type { Reading } from '../domain/release-book.ts';
import { during } from './errors.ts';

const namesInACall = 10;
const imageIdForm = /^ami-[0-9a-f]{8,17}$/;

const fill = (path: string, minor: string) => path.replaceAll('{minor}', minor);

const namesOf = (source: ReleaseSource): readonly string[] => {
  if (source.is === 'own') return [source.parameter];
  const { imageId, releaseVersion } = factsOf(source.amiType);
  return [fill(imageId, source.minor), fill(releaseVersion, source.minor)];
};

/** `undefined` when the text is not JSON or has no such field. */
const versionField = (text: string): string | undefined => {
  try {
    const { release_version } = JSON.parse(text) as { release_version?: unknown };
    return typeof release_version === 'string' ? release_version : undefined;
  } catch {
    return undefined;
  }
};

const laterOf = (parameters: readonly Parameter[]): string =>
  new Date(
    Math.max(...parameters.map(({ LastModifiedDate }) => LastModifiedDate?.getTime() ?? 0)),
  ).toISOString();

const toReading = (source: ReleaseSource, found: ReadonlyMap<string, Parameter>): Reading => {
  const names = namesOf(source);
  const missing = names.find((name) => !found.has(name));
  if (missing) return { is: 'missing', parameter: missing };
  const parameters = names.flatMap((name) => found.get(name) ?? []);
  const [image, version] = parameters.map(({ Value }) => Value ?? '');
  const unreadable = (i: number): Reading => ({ is: 'unreadable', parameter: names[i] ?? '' });
  if (!image || !imageIdForm.test(image)) return unreadable(0);
  const since = laterOf(parameters);
  if (source.is === 'own') return { is: 'named', version: undefined, imageId: image, since };
  const text =
    factsOf(source.amiType).releaseVersionIs === 'json field' ? versionField(version ?? '') : version;
  return text ? { is: 'named', version: text, imageId: image, since } : unreadable(1);
};

/** Releases below a path: each has its own folder with an image id and a version in it. */
const toHistory = (parameters: readonly Parameter[], { grammar }: AmiTypeFacts): Reading[] => {
  const leaf = grammar === 'bottlerocket' ? 'image_version' : 'release_version';
  const folders = new Map<string, Map<string, Parameter>>();
  for (const parameter of parameters) {
    const [name = '', folder = ''] = (parameter.Name ?? '').split('/').reverse();
    if (folder === 'recommended' || folder === 'latest') continue;
    folders.set(folder, (folders.get(folder) ?? new Map()).set(name, parameter));
  }
  return [...folders.values()].flatMap((leaves): Reading[] => {
    const [image, version] = [leaves.get('image_id'), leaves.get(leaf)];
    if (!image?.Value || !version?.Value || !imageIdForm.test(image.Value)) return [];
    return [{ is: 'named', version: version.Value, imageId: image.Value, since: laterOf([image, version]) }];
  });
};

export const ssmParameters = (ssm: SSMClient): Parameters => {
  const readBatch = async (names: readonly string[]): Promise<readonly Parameter[]> => {
    const { Parameters: found } = await ssm.send(new GetParametersCommand({ Names: [...names] }));
    return found ?? [];
  };

  return {
    read: (sources) =>
      during('reading release parameters', async () => {
        const batches: string[][] = [];
        for (const source of sources) {
          const names = namesOf(source);
          const last = batches.at(-1);
          if (last && last.length + names.length <= namesInACall) last.push(...names);
          else batches.push([...names]);
        }
        const found = new Map<string, Parameter>();
        for (const answered of await Promise.all(batches.map(readBatch)))
          for (const parameter of answered) if (parameter.Name) found.set(parameter.Name, parameter);
        return sources.map((source) => toReading(source, found));
      }),

    history: (source) =>
      during(`reading the history of ${namesOf(source)[0]}`, async () => {
        if (source.is === 'own') {
          const readings: Reading[] = [];
          for await (const page of paginateGetParameterHistory({ client: ssm }, { Name: source.parameter }))
            for (const { Value, LastModifiedDate } of page.Parameters ?? [])
              if (Value && LastModifiedDate && imageIdForm.test(Value))
                readings.push({
                  is: 'named',
                  version: undefined,
                  imageId: Value,
                  since: LastModifiedDate.toISOString(),
                });
          return readings;
        }
        const facts: AmiTypeFacts = factsOf(source.amiType);
        if (!facts.history) return [];
        const parameters: Parameter[] = [];
        const path = { Path: fill(facts.history, source.minor), Recursive: true };
        for await (const page of paginateGetParametersByPath({ client: ssm, pageSize: 10 }, path))
          parameters.push(...(page.Parameters ?? []));
        return toHistory(parameters, facts);
      }),
  };
};
