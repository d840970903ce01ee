/**
 * Says where a rehearsal takes place: one account and region, those that the stack is deployed into.
 *
 * Pure.
 */
import { homeAccount } from '../cloud/identities.ts';

export const account = homeAccount;
export const region = 'eu-central-1';
export const place = { account, region };
