import type { Duration } from "../config/config.ts";

const second = 1000;
const widths = [86_400, 21_600, 3600, 900, 300, 60, 15, 5, 1].map((seconds) => seconds * second);

/** A half-open span of event time, epoch ms. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Bucket width in ms: the widest of 1s 5s 15s 1m 5m 15m 1h 6h 1d that is at most a 24th of the shortest window and divides every
 * window and the label delay, so that windows are cut on bucket edges; 1 s where none does.
 */
export function bucketWidth(windows: readonly Duration[], delayMs: number): number {
  const shortest = Math.min(...windows.map((window) => window.ms));
  const divides = (width: number) => windows.every(({ ms }) => ms % width === 0) && delayMs % width === 0;
  return widths.find((width) => width * 24 <= shortest && divides(width)) ?? second;
}

/** Start of the bucket that a moment lies in; also right before 1970. */
export function bucketStart(ms: number, width: number): number {
  return Math.floor(ms / width) * width;
}

/** End of the windows: the edge of the bucket in progress, or the last edge of the past, for the rows after a given moment are not to be seen. */
export function windowsEnd(ms: number, width: number, inProgress: boolean): number {
  return bucketStart(ms, width) + (inProgress ? width : 0);
}

export function spanBefore(endMs: number, lengthMs: number): Span {
  return { startMs: endMs - lengthMs, endMs };
}

export function within(span: Span, ms: number): boolean {
  return ms >= span.startMs && ms < span.endMs;
}

/** The least span that holds all of them; undefined of none. */
export function hull(spans: readonly Span[]): Span | undefined {
  if (spans.length === 0) return undefined;
  return {
    startMs: Math.min(...spans.map(({ startMs }) => startMs)),
    endMs: Math.max(...spans.map(({ endMs }) => endMs)),
  };
}

/** The window in so many equal spans of whole buckets (statistics.md §4, "Blocks"). */
export function blockSpans({ startMs, endMs }: Span, width: number, count: number): Span[] {
  const buckets = Math.max(1, Math.round((endMs - startMs) / width));
  const edge = (index: number) => startMs + Math.ceil((index * buckets) / count) * width;
  return Array.from({ length: count }, (_, index) => ({ startMs: edge(index), endMs: edge(index + 1) }));
}

/** statistics.md §4, "Forecast": so many windows of the past are looked at. */
export const pastWindows = 28;

/**
 * Spans of that length before a moment, oldest first, on a grid that stays where it is when the windows move on: what was merged for one
 * of them holds at the next evaluation too.
 */
export function spansBefore(startMs: number, lengthMs: number): Span[] {
  const last = Math.floor(startMs / lengthMs) * lengthMs;
  return Array.from({ length: pastWindows }, (_, index) =>
    spanBefore(last - (pastWindows - 1 - index) * lengthMs, lengthMs),
  );
}

/** One window of a model: the rows of drift and quality, and those of performance, which end `delay` earlier. */
export interface WindowCut {
  readonly label: string;
  readonly data: Span;
  readonly labelled: Span;
}

export function cutWindows(windows: readonly Duration[], endMs: number, delayMs: number): WindowCut[] {
  return windows.map(({ text, ms }) => ({
    label: text,
    data: spanBefore(endMs, ms),
    labelled: spanBefore(endMs - delayMs, ms),
  }));
}
