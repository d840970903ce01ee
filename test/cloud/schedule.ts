/**
 * Says when a schedule is due next: `rate(…)`, and `cron(…)` with plain minutes, hours and any day.
 *
 * A rule with a rate is first due one period after it was made. Other expressions refuse loudly.
 * Pure.
 */
const minute = 60_000;
const units: Record<string, number> = { minute, hour: 60 * minute, day: 24 * 60 * minute };

export const nextDue = (expression: string, after: Date): Date => {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) return new Date(after.getTime() + Number(rate[1]) * (units[rate[2] ?? ''] ?? 0));
  const cron = /^cron\((\d+) (\d+) \* \* \? \*\)$/.exec(expression);
  if (!cron) throw new Error(`the schedule ${expression} is not simulated`);
  const due = new Date(after);
  due.setUTCHours(Number(cron[2]), Number(cron[1]), 0, 0);
  return due > after ? due : new Date(due.getTime() + 24 * 60 * minute);
};
