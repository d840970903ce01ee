/**
 * Says when a schedule is due next: `rate(…)`, and `cron(…)` with plain minutes and hours, any day or one weekday.
 *
 * A rule with a rate is first due one period after it was made. Other expressions refuse loudly.
 * Pure.
 */
const minute = 60_000;
const day = 24 * 60 * minute;
const units: Record<string, number> = { minute, hour: 60 * minute, day };
/** As `getUTCDay` numbers them. */
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

export const nextDue = (expression: string, after: Date): Date => {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) return new Date(after.getTime() + Number(rate[1]) * (units[rate[2] ?? ''] ?? 0));
  const cron = /^cron\((\d+) (\d+) (?:\* \* \?|\? \* ([A-Z]{3})) \*\)$/.exec(expression);
  const weekday = weekdays.indexOf(cron?.[3] ?? '');
  if (!cron || (cron[3] && weekday < 0)) throw new Error(`the schedule ${expression} is not simulated`);
  const due = new Date(after);
  due.setUTCHours(Number(cron[2]), Number(cron[1]), 0, 0);
  while (due <= after || (cron[3] && due.getUTCDay() !== weekday)) due.setTime(due.getTime() + day);
  return due;
};
