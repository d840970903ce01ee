/**
 * Draws the identifiers of everything in the estate: shaped as AWS shapes them, the same in every run.
 *
 * Knows AWS's lengths: 17 hexadecimal digits after the prefix, 32 in an update's id.
 *
 * Pure, but for the count of what was drawn.
 */
import { createHash } from 'node:crypto';

export class Identifiers {
  #drawn = 0;

  /** For example `i-0c4ca4238a0b92382`. */
  next(prefix: 'i' | 'lt' | 'subnet' | 'vpc' | 'sg' | 'ami'): string {
    return `${prefix}-0${this.#digits().slice(0, 16)}`;
  }

  uuid(): string {
    const digits = this.#digits();
    const parts = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20)];
    return [...parts, digits.slice(20)].join('-');
  }

  #digits(): string {
    this.#drawn += 1;
    return createHash('md5').update(`drydock ${this.#drawn}`).digest('hex');
  }
}

/** The identifier of a part of something, such as a volume of an instance; `index` below 256. */
export const partOf = (id: string, prefix: 'eni' | 'vol' | 'r', index = 0): string =>
  `${prefix}-${id.slice(id.indexOf('-') + 1, -2)}${index.toString(16).padStart(2, '0')}`;
