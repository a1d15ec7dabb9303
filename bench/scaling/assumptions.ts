/** What nobody has measured, and everybody may replace. Prices are round figures of list prices, in US dollars. */
export const ASSUMED = {
  /** Share of a core that a process is to use; Kubernetes adds pods past that. */
  utilization: 0.6,
  /** The least processes there are: one for each of three zones. */
  leastProcesses: 3,
  machineCores: 16,
  /** Products that there are, how uneven they are in demand, and how many different ones a Dashboard shows. */
  catalog: 20_000,
  exponent: 0.8,
  rowsOfDashboard: 20,
  dollarsPerCoreHour: 0.04,
  dollarsPerGibibyteHour: 0.005,
  /** Out of the region, to callers. */
  dollarsPerGigabyteOut: 0.05,
  /** From one zone to another; with three zones two thirds of what services answer comes from another one. */
  dollarsPerGigabyteBetweenZones: 0.02,
  shareBetweenZones: 2 / 3,
} as const;

/** The levels of load that are looked at, in screens a second. */
export const LOADS = [1_000, 100_000, 1_000_000] as const;
