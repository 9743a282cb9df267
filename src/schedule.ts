import { createTask, type Logger, type ScheduledTask, validateDetailed } from "node-cron";

/** One thing to run again and again: by the clock of `timezone` (IANA name), cron with an optional seconds field. */
export interface ScheduleEntry {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
}

/** What is called: `run` at each tick, `onMissed` for a tick whose run could not start in time, `onFailed` when `run` rejects at a tick. */
export interface ScheduleActions {
  run(name: string): Promise<void>;
  onMissed(name: string): void;
  onFailed(name: string, error: unknown): void;
}

export interface Schedule {
  /** Starts a run now, or as soon as the present one of this name ends; calls meanwhile share it. Rejects when the run does. */
  runNow(name: string): Promise<void>;
  /** No further run starts, those waiting are dropped, those running are waited for. */
  stop(): Promise<void>;
}

interface Lane {
  running?: Promise<void>;
  waiting?: Promise<void>;
}

const quiet: Logger = { info() {}, warn() {}, error() {}, debug() {} };

/**
 * Runs every entry at its ticks: never two of one name at once, at most `atOnce` in all. A tick that finds its entry running or
 * waiting, or that a blocked event loop slept through, is missed: counted, and all missed ones are made up for by one run.
 */
export function schedule(entries: readonly ScheduleEntry[], actions: ScheduleActions, atOnce = 2): Schedule {
  const lanes = new Map<string, Lane>(entries.map(({ name }) => [name, {}]));
  const queue: (() => void)[] = [];
  let free = atOnce;
  let stopped = false;

  async function start(name: string, lane: Lane): Promise<void> {
    await lane.running?.catch(() => {});
    if (free > 0) free--;
    else await new Promise<void>((resolve) => queue.push(resolve));
    delete lane.waiting;
    try {
      if (stopped) return;
      lane.running = actions.run(name);
      await lane.running;
    } finally {
      delete lane.running;
      // The place is handed to the next in line, or set free.
      const next = queue.shift();
      if (next) next();
      else free++;
    }
  }

  function runNow(name: string): Promise<void> {
    const lane = lanes.get(name);
    if (!lane) return Promise.reject(new Error(`nothing named ${JSON.stringify(name)} is scheduled`));
    if (stopped) return Promise.resolve();
    lane.waiting ??= start(name, lane);
    return lane.waiting;
  }

  const launch = (name: string) => {
    runNow(name).catch((error: unknown) => actions.onFailed(name, error));
  };

  function tick(name: string): void {
    const lane = lanes.get(name);
    if (lane?.running || lane?.waiting) actions.onMissed(name);
    launch(name);
  }

  /** After a blockage all its ticks come at once, perhaps with one that is in time: whichever run starts first makes up for all. */
  function lateTick(name: string): void {
    actions.onMissed(name);
    const lane = lanes.get(name);
    const before = lane?.running;
    setImmediate(() => {
      const started = lane?.waiting || (lane?.running && lane.running !== before);
      if (!started) launch(name);
    });
  }

  const tasks = entries.map(({ name, cron, timezone }) => {
    const task = createTask(cron, () => tick(name), { timezone, logger: quiet });
    task.on("execution:missed", () => lateTick(name));
    void task.start();
    return task;
  });

  return {
    runNow,
    async stop() {
      stopped = true;
      for (const task of tasks) await task.destroy();
      const open = [...lanes.values()].flatMap((lane) => [lane.running, lane.waiting]);
      await Promise.allSettled(open);
    },
  };
}

/** Says in one line what is wrong with a cron expression or its timezone; undefined when nothing is. */
export function validateCron(expression: string, timezone: string): string | undefined {
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
  } catch {
    return `unknown timezone ${JSON.stringify(timezone)}; expected an IANA name such as UTC or Europe/Berlin`;
  }
  const { valid, errors } = validateDetailed(expression);
  if (!valid) {
    const [fault] = errors;
    return `${JSON.stringify(expression)} is not a cron expression (${fault?.field}: ${fault?.message}); expected five fields, or six with seconds first`;
  }
  try {
    withTask(expression, timezone, (task) => task.getNextRuns(1));
  } catch {
    return `${JSON.stringify(expression)} never comes; day of month and day of week must both match`;
  }
  return undefined;
}

/**
 * When the success that every tick should bring is overdue: at the third tick from the system's clock on, so that one failed evaluation
 * and one slow one pass in silence. Epoch ms.
 */
export function overdueAt(expression: string, timezone: string): number {
  const third = withTask(expression, timezone, (task) => task.getNextRuns(3)).at(-1);
  if (!third) throw new Error(`${expression} has no next tick`);
  return third.getTime();
}

function withTask<T>(expression: string, timezone: string, use: (task: ScheduledTask) => T): T {
  const task = createTask(expression, () => {}, { timezone, logger: quiet });
  try {
    return use(task);
  } finally {
    void task.destroy();
  }
}
