import { type AddressInfo, connect, createServer } from "node:net";
import { gunzipSync } from "node:zlib";
import request from "supertest";
import { afterEach, describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { chooseFormat } from "../../src/exporter/accept.ts";
import { type Server, type ServerOptions, startServer } from "../../src/exporter/server.ts";

const started: Server[] = [];
const faults: unknown[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
  faults.length = 0;
});

async function start(more: Partial<ServerOptions> = {}): Promise<{ server: Server; url: string }> {
  const server = await startServer({
    listen: "127.0.0.1:0",
    telemetryPath: "/metrics",
    maxRequests: 40,
    lifecycle: false,
    render: async (format) => Buffer.from(`${format}\n`),
    page: () => "<p>page</p>",
    reload: async () => {},
    ready: () => true,
    onFault: (error) => faults.push(error),
    ...more,
  });
  started.push(server);
  return { server, url: `http://127.0.0.1:${server.port}` };
}

/** A promise and its resolve. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

const text = "text/plain; version=0.0.4; charset=utf-8";
const openmetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

describe("the format by Accept", () => {
  it.each([
    [undefined, "text"],
    ["", "text"],
    ["*/*", "text"],
    ["text/html", "text"],
    ["application/openmetrics-text", "openmetrics"],
    ["application/openmetrics-text; version=1.0.0", "openmetrics"],
    ["application/openmetrics-text; version=0.0.1", "text"],
    ['Application/OpenMetrics-Text; Version="1.0.0"', "openmetrics"],
    ["application/openmetrics-text;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.4", "text"],
    ["text/plain;q=0.3, application/openmetrics-text;q=0.4", "openmetrics"],
    ["application/openmetrics-text;q=0, */*", "text"],
    ["text/plain, application/openmetrics-text", "text"],
    // Prometheus 2.42 and 3, as they send it.
    [
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      "openmetrics",
    ],
    [
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
      "openmetrics",
    ],
  ] as const)("%s", (accept, format) => {
    expect(chooseFormat(accept)).toBe(format);
  });
});

it("/metrics negotiates at every request, without ETag and X-Powered-By", async () => {
  const { url } = await start();
  for (const [accept, type, body] of [
    ["text/plain", text, "text\n"],
    ["application/openmetrics-text", openmetrics, "openmetrics\n"],
    ["text/plain", text, "text\n"],
  ] as const) {
    const answer = await request(url).get("/metrics").set("Accept", accept).buffer(true).parse(collect);
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe(type);
    expect(answer.headers.vary).toBe("Accept, Accept-Encoding");
    expect(answer.headers).not.toHaveProperty("etag");
    expect(answer.headers).not.toHaveProperty("x-powered-by");
    expect(String(answer.body)).toBe(body);
  }
});

const collect = (answer: request.Response, done: (error: Error | null, body: Buffer) => void) => {
  const chunks: Buffer[] = [];
  answer.on("data", (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
  answer.on("end", () => done(null, Buffer.concat(chunks)));
};

it.each([
  ["gzip", true],
  ["gzip, deflate", true],
  ["*", true],
  ["gzip;q=0", false],
  ["gzip;q=0, *", false],
  ["deflate", false],
  ["", false],
])("Accept-Encoding %j", async (encoding, zipped) => {
  const { server } = await start({ render: async () => Buffer.from("x".repeat(1000)) });
  const raw = await rawRequest(
    server.port,
    `GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: ${encoding}\r\n\r\n`,
  );
  const [head = "", ...rest] = raw.toString("latin1").split("\r\n\r\n");
  const body = Buffer.from(rest.join("\r\n\r\n"), "latin1");
  expect(/content-encoding: gzip/i.test(head)).toBe(zipped);
  expect((zipped ? gunzipSync(body) : body).toString()).toBe("x".repeat(1000));
});

/** Sends raw bytes and returns all that comes back until the server closes. */
function rawRequest(port: number, payload: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(payload));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(chunks)));
  });
}

describe("the table of pages", () => {
  it.each([
    ["GET", "/", 200, /page/],
    ["GET", "/-/healthy", 200, /^healthy\n$/],
    ["GET", "/-/ready", 200, /^ready\n$/],
    ["POST", "/metrics", 405, /"code":"method_not_allowed"/],
    ["DELETE", "/", 405, /"code":"method_not_allowed"/],
    ["GET", "/-/reload", 405, /"message":"only POST here"/],
    ["POST", "/-/reload", 403, /--web\.enable-lifecycle/],
    ["GET", "/metrics/", 404, /"code":"not_found"/],
    ["GET", "/Metrics", 404, /"code":"not_found"/],
    ["GET", "/favicon.ico", 404, /"code":"not_found"/],
    ["GET", "/__proto__", 404, /"code":"not_found"/],
    ["GET", "/%00", 404, /"code":"not_found"/],
    ["GET", "/%E0%A4%A", 404, /"code":"not_found"/],
  ] as const)("%s %s: %i", async (method, path, status, body) => {
    const { server } = await start();
    const raw = (
      await rawRequest(
        server.port,
        `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      )
    ).toString();
    expect(raw).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(raw.split("\r\n\r\n")[1]).toMatch(body);
    if (status === 405) expect(raw).toMatch(/\r\nAllow: (POST|GET, HEAD)\r\n/);
  });

  it("HEAD has the headers of GET and no body", async () => {
    const { url } = await start();
    const answer = await request(url).head("/metrics").set("Accept-Encoding", "identity");
    expect([answer.status, answer.headers["content-type"], answer.headers["content-length"]]).toEqual([
      200,
      text,
      "5",
    ]);
    expect(answer.text ?? "").toBe("");
  });

  it("the page may load nothing and run nothing", async () => {
    const { url } = await start();
    const { headers } = await request(url).get("/");
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });

  it("another telemetry path", async () => {
    const { url } = await start({ telemetryPath: "/a*b" });
    expect((await request(url).get("/a*b")).status).toBe(200);
    expect((await request(url).get("/metrics")).status).toBe(404);
  });

  it("not ready", async () => {
    const { url } = await start({ ready: () => false });
    expect((await request(url).get("/-/ready")).status).toBe(503);
    expect((await request(url).get("/-/healthy")).status).toBe(200);
  });
});

describe("POST /-/reload with lifecycle", () => {
  it("reloads", async () => {
    let reloads = 0;
    const { url } = await start({ lifecycle: true, reload: async () => void reloads++ });
    expect((await request(url).post("/-/reload")).status).toBe(200);
    expect(reloads).toBe(1);
  });

  it("says what is wrong with the configuration", async () => {
    const reload = () => Promise.reject(new UserError("x.yml:1:2 models: missing"));
    const { url } = await start({ lifecycle: true, reload });
    const answer = await request(url).post("/-/reload");
    expect([answer.status, answer.body]).toEqual([
      500,
      { error: { code: "reload_failed", message: "x.yml:1:2 models: missing" } },
    ]);
    expect(faults).toEqual([]);
  });
});

it("a fault of ours is told to the log and not to the client", async () => {
  const bug = new Error("secret detail");
  const { url } = await start({ render: () => Promise.reject(bug) });
  const answer = await request(url).get("/metrics");
  expect([answer.status, answer.text]).toEqual([
    500,
    '{"error":{"code":"internal","message":"internal error; the log says more"}}\n',
  ]);
  expect(faults).toEqual([bug]);
});

it("scrapes over the limit get 503 at once, the rest is answered, and the place is free again", async () => {
  const { open, opened } = gate();
  let rendering = 0;
  const { url } = await start({
    maxRequests: 2,
    render: async () => {
      rendering++;
      await opened;
      return Buffer.from("x\n");
    },
  });
  const first = [1, 2].map(() =>
    request(url)
      .get("/metrics")
      .then(({ status }) => status),
  );
  while (rendering < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await request(url).get("/metrics")).status).toBe(503);
  expect((await request(url).get("/-/healthy")).status).toBe(200);
  open();
  expect(await Promise.all(first)).toEqual([200, 200]);
  expect((await request(url).get("/metrics")).status).toBe(200);
});

it("sockets that dribble their headers do not keep a scrape waiting, nor a stop", async () => {
  const { server, url } = await start();
  const sockets = Array.from({ length: 100 }, () => connect(server.port, "127.0.0.1"));
  await Promise.all(
    sockets.map((socket) => new Promise((resolve) => socket.write("GET /metrics HTTP/1.1\r\nHos", resolve))),
  );
  const closed = sockets.map(
    (socket) => new Promise((resolve) => socket.on("error", () => {}).on("close", resolve)),
  );
  expect((await request(url).get("/metrics")).status).toBe(200);
  await server.stop();
  await Promise.all(closed);
});

it("stopping answers what is in flight, closes the connection, and takes nothing new", async () => {
  const { open, opened } = gate();
  const entered = gate();
  const { server, url } = await start({
    render: async () => {
      entered.open();
      await opened;
      return Buffer.from("last words\n");
    },
  });
  const raw = rawRequest(server.port, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  const idle = connect(server.port, "127.0.0.1");
  const idleClosed = new Promise((resolve) => idle.on("error", () => {}).on("close", resolve));
  await entered.opened;
  const stopped = server.stop();
  await expect(request(url).get("/-/healthy")).rejects.toThrow(/ECONNREFUSED/);
  open();
  const answer = (await raw).toString();
  expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  expect(answer).toMatch(/\r\nConnection: close\r\n/);
  expect(answer).toContain("last words\n");
  await stopped;
  await idleClosed;
});

describe("a listen address that cannot be had is one clear line", () => {
  it("already in use", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await expect(start({ listen: `127.0.0.1:${port}` })).rejects.toThrow(
      new UserError(
        `web.listen-address 127.0.0.1:${port}: already in use; give another with --web.listen-address`,
      ),
    );
    await new Promise((resolve) => other.close(resolve));
  });

  it.each(["10058", "localhost", ":99999", "a:b:1", "", "http://x:1"])("%j", async (listen) => {
    await expect(start({ listen })).rejects.toThrow(
      new UserError(
        `web.listen-address ${JSON.stringify(listen)}: not an address; expected HOST:PORT or :PORT, such as :10058 or 127.0.0.1:10058`,
      ),
    );
  });
});
