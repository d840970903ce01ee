/**
 * Keeps in Drydock's table what is known of the patches of nodes, patch jobs, and which groups were
 * patched in place.
 *
 * Knows the keys. Partition `compliance`, for other targets `compliance ACCOUNT/REGION`, holds a page an item, `patch` a job, `patched` a booked group.
 *
 * Reads and changes DynamoDB through `dynamodb-table.ts`.
 */
import type { Booking } from '../domain/patching/booking.ts';
import { type CompliancePage, placeKey } from '../domain/patching/page.ts';
import type { PatchJob } from '../domain/patching/patch-job.ts';
import type { Bookings, CompliancePages, PatchJobs } from '../domain/ports.ts';
import { groupKey, isSameTarget, regionKey, type Target } from '../domain/target.ts';
import { minutesAfter } from '../domain/time.ts';
import { type Change, type Stored, type Table, unlessConflict } from './dynamodb-table.ts';

const daysKept = 120;

export const tableCompliancePages = (table: Table, target: Target, home: Target): CompliancePages => {
  const pk = isSameTarget(target, home) ? 'compliance' : `compliance ${regionKey(target)}`;
  const toPage = ({ body, revision }: Stored<CompliancePage>): CompliancePage => ({ ...body, revision });
  return {
    all: async (cluster) =>
      (await table.list<CompliancePage>(pk, cluster === undefined ? undefined : `${cluster}/`)).map(toPage),
    save: async (page) => {
      const key = { pk, sk: placeKey(page) };
      const revision = await unlessConflict(table.write({ key, revision: page.revision, body: page }));
      return revision === undefined ? undefined : { ...page, revision };
    },
    delete: (page) => table.delete({ pk, sk: placeKey(page) }),
  };
};

/** Of every target, for whoever only reads. */
export const tableComplianceOf = (
  table: Table,
  targets: readonly Target[],
  home: Target,
): Pick<CompliancePages, 'all'> => ({
  all: async (cluster) => {
    const pages = targets.map((target) => tableCompliancePages(table, target, home).all(cluster));
    return (await Promise.all(pages)).flat();
  },
});

export const tableBookings = (table: Table): Bookings => {
  const pk = 'patched';
  return {
    all: async () => (await table.list<Booking>(pk)).map(({ body, revision }) => ({ ...body, revision })),
    save: async (booking) => {
      const key = { pk, sk: groupKey(booking) };
      const read = await table.read<Booking>(key);
      await table.write({ key, revision: read?.revision ?? 0, body: booking });
    },
    delete: (booking) => unlessConflict(table.delete({ pk, sk: groupKey(booking) }, booking.revision)),
  };
};

const jobsPk = 'patch';

export const patchJobChange = (job: PatchJob): Change => ({
  key: { pk: jobsPk, sk: job.id },
  revision: job.revision,
  body: job,
  ...(job.state.is === 'closed' && { expiresAt: minutesAfter(job.state.at, daysKept * 24 * 60) }),
});

export const tablePatchJobs = (table: Table): PatchJobs => {
  const toJob = ({ body, revision }: Stored<PatchJob>): PatchJob => ({ ...body, revision });
  return {
    open: async () => {
      const all = (await table.list<PatchJob>(jobsPk)).map(toJob);
      return all.filter(({ state, outbox }) => state.is !== 'closed' || outbox.length > 0);
    },
    read: async (sk) => {
      const stored = await table.read<PatchJob>({ pk: jobsPk, sk });
      return stored && toJob(stored);
    },
    save: async (job) => {
      const revision = await unlessConflict(table.write(patchJobChange(job)));
      return revision === undefined ? undefined : { ...job, revision };
    },
  };
};
