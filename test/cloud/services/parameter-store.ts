/**
 * Keeps the account's own parameters, with all their versions, and tells who listens of changes.
 *
 * Knows that AWS's names are reserved, that a value cannot be overwritten by accident, and what a
 * SecureString shows to those who do not ask for decryption. Texts: Parameter Store API reference,
 * checked 2026-11-23.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { ByPlace, type Caller, Refusal } from '../service.ts';

export type ParameterType = 'String' | 'StringList' | 'SecureString';

export type ParameterVersion = {
  readonly name: string;
  readonly arn: string;
  readonly type: ParameterType;
  readonly value: string;
  readonly version: number;
  readonly modifiedAt: Date;
  readonly description?: string;
};

export type ParameterSpec = {
  readonly name: string;
  readonly value: string;
  readonly type?: ParameterType;
  readonly description?: string;
  readonly overwrite?: boolean;
};

export type ParameterChange = {
  readonly place: Caller;
  readonly operation: 'Create' | 'Update' | 'Delete';
  readonly parameter: ParameterVersion;
};

export const parameterArn = (region: string, account: string, name: string): string =>
  `arn:aws:ssm:${region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;

/** What a SecureString shows without decryption: never the value. */
export const encrypted = (value: string): string =>
  `AQICAH${createHash('sha256').update(value).digest('base64').repeat(2)}`;

export class ParameterStore {
  readonly #places = new ByPlace(() => new Map<string, ParameterVersion[]>());
  readonly #listeners: ((change: ParameterChange) => void)[] = [];
  readonly #clock: Clock;
  /** Every value that a SecureString ever had. */
  readonly secrets = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  onChange(listener: (change: ParameterChange) => void): void {
    this.#listeners.push(listener);
  }

  /** Every version, oldest first; empty when there is no such parameter. */
  versions(place: Caller, name: string): readonly ParameterVersion[] {
    return this.#places.in(place).get(name) ?? [];
  }

  get(place: Caller, name: string): ParameterVersion | undefined {
    return this.versions(place, name).at(-1);
  }

  all(place: Caller): readonly ParameterVersion[] {
    return [...this.#places.in(place).values()].flatMap((versions) => versions.at(-1) ?? []);
  }

  put(place: Caller, spec: ParameterSpec): ParameterVersion {
    const { name, value } = spec;
    if (/^\/?(aws|ssm)/i.test(name)) {
      throw new Refusal('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
    }
    const before = this.get(place, name);
    if (before && !spec.overwrite) {
      throw new Refusal(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    const type = spec.type ?? before?.type;
    if (!type)
      throw new Refusal('ValidationException', 'A parameter type is required when you create a parameter.');
    const description = spec.description ?? before?.description;
    const parameter: ParameterVersion = {
      name,
      arn: parameterArn(place.region, place.account, name),
      type,
      value,
      version: (before?.version ?? 0) + 1,
      modifiedAt: this.#clock.now(),
      ...(description === undefined ? {} : { description }),
    };
    if (type === 'SecureString') this.secrets.add(value);
    this.#places.in(place).set(name, [...this.versions(place, name), parameter]);
    this.#tell({ place, operation: before ? 'Update' : 'Create', parameter });
    return parameter;
  }

  delete(place: Caller, name: string): void {
    const parameter = this.get(place, name);
    if (!parameter) throw new Refusal('ParameterNotFound', `Parameter ${name} not found.`);
    this.#places.in(place).delete(name);
    this.#tell({ place, operation: 'Delete', parameter });
  }

  #tell(change: ParameterChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
