import { close, open, read } from "node:fs";
import { promisify } from "node:util";

/** Reads the first 64 KiB of a file of a process; undefined where it does not answer. */
export type PatientRead = (pid: number, path: string) => Promise<string | undefined>;

/** Each occupies one of the four threads of all of Node's file reading. */
const mostHanging = 2;
const [openFile, readFrom] = [promisify(open), promisify(read)];

/**
 * Arguments and memory of a process are read under a lock of its own, and one that is stuck in the kernel (a wedged driver, a file server
 * that is gone) may hold it for ever: `ps` hangs then. So these files are read in Node's thread pool, and who does not answer in time is
 * not asked again before it has. Opened, read and closed by hand: readFile() keeps the event loop three times as long (100 µs).
 */
export function patientReads(timeoutMs: number): PatientRead {
  const hanging = new Set<number>();
  let spare: Buffer | undefined;

  async function readStart(path: string): Promise<string> {
    const file = await openFile(path, "r");
    // Of its own while it is read into, which may be long after anybody waits.
    const buffer = spare ?? Buffer.allocUnsafe(65_536);
    spare = undefined;
    try {
      const { bytesRead } = await readFrom(file, buffer, 0, buffer.length, 0);
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      spare = buffer;
      close(file, () => undefined);
    }
  }

  return async (pid, path) => {
    if (hanging.size >= mostHanging || hanging.has(pid)) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        hanging.add(pid);
        resolve(undefined);
      }, timeoutMs);
    });
    const answered = () => {
      clearTimeout(timer);
      hanging.delete(pid);
    };
    const text = readStart(path);
    text.then(answered, answered);
    return Promise.race([text, expired]);
  };
}
