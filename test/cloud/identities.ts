/**
 * Knows who is behind an access key id, and which roles can be assumed.
 *
 * An access key that nobody made known belongs to the home account, so that any dummy credentials work.
 * A harness may make one known for each function and tell their calls apart by it.
 */
import { createHash } from 'node:crypto';

export const homeAccount = '111122223333';

export type Identity = {
  readonly account: string;
  readonly arn: string;
  /** The role whose session it is. */
  readonly role?: string;
};

/** Whether a role may be assumed by another, whose ARN it is given; without it anybody may. */
export type Trust = (role: string, externalId?: string) => Promise<boolean>;

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

export class Identities {
  readonly #byKey = new Map<string, Identity>();
  readonly #owners = new Map<string, string>();
  readonly #roles = new Map<string, Trust | undefined>();
  /** What whoever assumed a role had to know. */
  readonly externalIds = new Set<string>();

  /** Lets anyone assume the role, or whom it trusts. */
  addRole(arn: string, trust?: Trust): void {
    this.#roles.set(arn, trust);
  }

  removeRole(arn: string): void {
    this.#roles.delete(arn);
  }

  async mayAssume(
    arn: string,
    by: { readonly accessKeyId: string; readonly externalId?: string },
  ): Promise<boolean> {
    if (!this.#roles.has(arn)) return false;
    const trusts = this.#roles.get(arn);
    const { role = '' } = this.of(by.accessKeyId);
    if (by.externalId !== undefined) this.externalIds.add(by.externalId);
    return !trusts || trusts(role, by.externalId);
  }

  /** Says who calls with an access key id. */
  addKey(accessKeyId: string, arn: string, role?: string): void {
    this.#byKey.set(accessKeyId, { account: accountOf(arn), arn, ...(role && { role }) });
  }

  /** A key for one session of a role; the same for the same session name. `by`: key of who asks for it. */
  keyFor(
    roleArn: string,
    sessionName: string,
    by = '',
  ): { readonly accessKeyId: string; readonly arn: string } {
    const digest = createHash('sha256').update(`${roleArn}/${sessionName}/${by}`).digest('hex');
    const accessKeyId = `ASIA${digest.slice(0, 16).toUpperCase()}`;
    const role = roleArn.slice(roleArn.lastIndexOf('/') + 1);
    const arn = `arn:aws:sts::${accountOf(roleArn)}:assumed-role/${role}/${sessionName}`;
    this.addKey(accessKeyId, arn, roleArn);
    if (by) this.#owners.set(accessKeyId, by);
    return { accessKeyId, arn };
  }

  /** The key by which the key was got; itself, where it was not got by another. */
  ownerOf(accessKeyId: string | undefined): string | undefined {
    return this.#owners.get(accessKeyId ?? '') ?? accessKeyId;
  }

  of(accessKeyId: string): Identity {
    const known = this.#byKey.get(accessKeyId);
    return known ?? { account: homeAccount, arn: `arn:aws:iam::${homeAccount}:user/anyone` };
  }
}
