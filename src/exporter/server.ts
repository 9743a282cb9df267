import http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import express, { type NextFunction, type Request, type Response } from "express";
import { UserError } from "../errors.ts";
import { acceptsGzip, chooseFormat } from "./accept.ts";
import { contentTypes, type Format } from "./exposition.ts";
import { type AcceptRun, createRunsRoute, workloadIn } from "./runs.ts";

export interface ServerOptions {
  /** `HOST:PORT`, or `:PORT` for every address of the machine; port 0 takes a free one. */
  readonly listen: string;
  readonly telemetryPath: string;
  /** Scrapes at the same time; further ones are refused with 503 at once. */
  readonly maxRequests: number;
  /** Whether `POST /-/reload` is allowed. */
  readonly lifecycle: boolean;
  render(format: Format): Promise<Buffer>;
  page(): string;
  reload(): Promise<void>;
  ready(): boolean;
  /** Who takes posts of runs; undefined while no workload is configured: then there is no such page. */
  runs?(): AcceptRun | undefined;
  /** Told of every fault of ours while answering; the client sees no more than "internal error". */
  onFault(error: unknown): void;
}

export interface Server {
  readonly host: string;
  readonly port: number;
  /** Turns /-/ready to 503, answers what is in flight (at most five seconds), closes every connection. */
  stop(): Promise<void>;
}

/** Times in ms. Prometheus keeps its connection between scrapes, whose interval is seldom over a minute. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 75_000,
  // How often the first two are looked at; Node's default of 30 s would make them meaningless.
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16_384,
};
/** A client that reads nothing for so long is cut off, so that it gives its place back. */
const stalledMs = 30_000;
const maxConnections = 512;
const stopWithinMs = 5000;
const compress = promisify(gzip);

/** Listens and serves the page, the metrics and the lifecycle endpoints; a listen address that cannot be had is a UserError. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { host, port } = parseListen(options.listen);
  let stopping = false;
  const open = new Set<Response>();
  const app = application(options, () => stopping);
  const server = http.createServer(limits, (request, response) => {
    open.add(response as Response);
    response.once("close", () => open.delete(response as Response));
    app(request, response);
  });
  server.timeout = stalledMs;
  server.maxConnections = maxConnections;
  await listen(server, host, port, options.listen);
  const address = server.address() as AddressInfo;
  return {
    host: address.address,
    port: address.port,
    async stop() {
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const deadline = performance.now() + stopWithinMs;
      for (const response of open) if (!response.headersSent) response.setHeader("Connection", "close");
      while (open.size > 0 && performance.now() < deadline) await sleep(10);
      server.closeAllConnections();
      await closed;
    },
  };
}

function application(options: ServerOptions, stopping: () => boolean): express.Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.enable("strict routing");
  app.enable("case sensitive routing");
  app.use((_request, response, next) => {
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (stopping()) response.setHeader("Connection", "close");
    next();
  });
  let scrapes = 0;
  const scrape = async (request: Request, response: Response) => {
    if (scrapes >= options.maxRequests) {
      return refuse(response, 503, "busy", `${options.maxRequests} scrapes are being answered; try again`);
    }
    scrapes++;
    response.once("close", () => scrapes--);
    await sendMetrics(request, response, options);
  };
  const routes: Record<
    string,
    Partial<Record<"GET" | "POST", (request: Request, response: Response) => unknown>>
  > = {
    "/": { GET: (_request, response) => sendPage(response, options.page()) },
    "/-/healthy": { GET: (_request, response) => sendText(response, 200, "healthy\n") },
    "/-/ready": {
      GET: (_request, response) => {
        const ready = !stopping() && options.ready();
        sendText(response, ready ? 200 : 503, ready ? "ready\n" : stopping() ? "stopping\n" : "not ready\n");
      },
    },
    "/-/reload": { POST: (_request, response) => reload(response, options) },
    [options.telemetryPath]: { GET: scrape },
  };
  const takeRun = createRunsRoute();
  const postRun = async (request: Request, response: Response, workload: string, accept: AcceptRun) => {
    const answer = await takeRun(request, workload, accept);
    // What was not read of a body would be taken for the next request.
    if (!request.complete) response.setHeader("Connection", "close");
    if ("code" in answer) refuse(response, answer.status, answer.code, answer.message);
    else send(response, answer.status, "application/json", Buffer.from("{}\n"));
  };
  app.use(async (request: Request, response: Response) => {
    const workload = workloadIn(request.path);
    const accept = workload === undefined ? undefined : options.runs?.();
    if (workload !== undefined && accept !== undefined && request.method === "POST")
      return postRun(request, response, workload, accept);
    if (accept !== undefined) return notAllowed(response, "POST");
    const methods = Object.hasOwn(routes, request.path) ? routes[request.path] : undefined;
    if (!methods) return refuse(response, 404, "not_found", "no such page; / is the landing page");
    const handler = methods[request.method === "HEAD" ? "GET" : (request.method as "GET" | "POST")];
    if (handler) return handler(request, response);
    notAllowed(response, methods.GET ? "GET, HEAD" : "POST");
  });
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    options.onFault(error);
    if (response.headersSent) response.destroy();
    else refuse(response, 500, "internal", "internal error; the log says more");
  });
  return app;
}

async function sendMetrics(request: Request, response: Response, options: ServerOptions): Promise<void> {
  const format = chooseFormat(request.headers.accept);
  const plain = await options.render(format);
  const zipped = acceptsGzip(request.headers["accept-encoding"] as string | undefined);
  const body = zipped ? await compress(plain, { level: 1 }) : plain;
  response.setHeader("Vary", "Accept, Accept-Encoding");
  if (zipped) response.setHeader("Content-Encoding", "gzip");
  send(response, 200, contentTypes[format], body);
}

async function reload(response: Response, options: ServerOptions): Promise<void> {
  if (!options.lifecycle) {
    return refuse(
      response,
      403,
      "forbidden",
      "reloading over HTTP is off; start with --web.enable-lifecycle",
    );
  }
  try {
    await options.reload();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return refuse(response, 500, "reload_failed", error.message);
  }
  sendText(response, 200, "reloaded\n");
}

function sendPage(response: Response, html: string): void {
  response.setHeader(
    "Content-Security-Policy",
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("Referrer-Policy", "no-referrer");
  send(response, 200, "text/html; charset=utf-8", Buffer.from(html));
}

const sendText = (response: Response, status: number, text: string) =>
  send(response, status, "text/plain; charset=utf-8", Buffer.from(text));

function notAllowed(response: Response, allowed: string): void {
  response.setHeader("Allow", allowed);
  refuse(response, 405, "method_not_allowed", `only ${allowed} here`);
}

const refuse = (response: Response, status: number, code: string, message: string) =>
  send(
    response,
    status,
    "application/json",
    Buffer.from(`${JSON.stringify({ error: { code, message } })}\n`),
  );

/** Past express's `send`, which would hash the body and may change the content type; Node drops the body of an answer to HEAD. */
function send(response: Response, status: number, contentType: string, body: Buffer): void {
  response.statusCode = status;
  response.setHeader("Content-Type", contentType);
  response.setHeader("Content-Length", body.length);
  response.end(body);
}

/** Host (undefined: every address) and port of `--web.listen-address`. */
function parseListen(listen: string): { host: string | undefined; port: number } {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(listen);
  const port = Number(parts?.[3]);
  if (!parts || port > 65_535) {
    throw new UserError(
      `web.listen-address ${JSON.stringify(listen)}: not an address; expected HOST:PORT or :PORT, such as :10058 or 127.0.0.1:10058`,
    );
  }
  return { host: parts[1] || parts[2] || undefined, port };
}

const listenFaults: Readonly<Record<string, string>> = {
  EADDRINUSE: "already in use",
  EACCES: "not allowed for this user",
  EADDRNOTAVAIL: "not an address of this machine",
  ENOTFOUND: "unknown host",
  EAI_AGAIN: "unknown host",
};

async function listen(
  server: http.Server,
  host: string | undefined,
  port: number,
  text: string,
): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
        server.off("error", reject);
        resolve();
      });
    });
  } catch (error) {
    const fault = listenFaults[(error as NodeJS.ErrnoException).code ?? ""];
    if (fault === undefined) throw error;
    throw new UserError(`web.listen-address ${text}: ${fault}; give another with --web.listen-address`);
  }
}
