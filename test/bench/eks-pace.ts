/**
 * Says how long reads of EKS take at the pace that Drydock's client keeps (functions/aws/pace.ts).
 *
 * The simulation lets functions call as fast as they can: what is measured there does not have it.
 *
 * Pure.
 */
const burst = 20;
const perSecond = 5;

export const pacedMs = (reads: number): number => (Math.max(0, reads - burst) / perSecond) * 1000;
