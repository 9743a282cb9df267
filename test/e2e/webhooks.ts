import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What Alertmanager sent to a webhook. */
interface Notification {
  /** The receiver, from the path of the address. */
  readonly receiver: string;
  readonly status: "firing" | "resolved";
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly {
    readonly status: "firing" | "resolved";
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAt: string;
  }[];
}

/** A webhook receiver that remembers every notification. */
export interface Webhooks extends AsyncDisposable {
  readonly port: number;
  readonly notifications: readonly Notification[];
}

/** Listens on a free port of this computer. */
export async function receiveWebhooks(): Promise<Webhooks> {
  const notifications: Notification[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    notifications.push({ ...(JSON.parse(body) as Notification), receiver: (request.url ?? "").slice(1) });
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    notifications,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
