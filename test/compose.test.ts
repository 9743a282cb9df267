import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { binary, missing } from "./binaries.ts";

interface Service {
  readonly command?: readonly string[];
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const read = (path: string) => parse(readFileSync(path, "utf8"), { merge: true }) as unknown;
const { services, volumes } = read("docker-compose.yml") as {
  services: Readonly<Record<string, Service>>;
  volumes: Readonly<Record<string, unknown>>;
};
const all = Object.entries(services);
const grafana = services.grafana?.environment ?? {};
const { providers } = read("grafana/provisioning/dashboards/dashboards.yml") as {
  providers: readonly {
    folder: string;
    folderUid: string;
    disableDeletion: boolean;
    allowUiUpdates: boolean;
    options: { path: string; foldersFromFilesStructure: boolean };
  }[];
};
const { datasources } = read("grafana/provisioning/datasources/datasources.yml") as {
  datasources: readonly {
    name: string;
    uid: string;
    type: string;
    url: string;
    isDefault?: boolean;
    editable: boolean;
    jsonData: { timeInterval?: string; alertmanagerUid?: string };
  }[];
};
const prometheus = read("prometheus/prometheus.yml") as {
  global: { scrape_interval: string };
  scrape_configs: readonly {
    scrape_interval: string;
    static_configs: readonly { targets: readonly string[] }[];
  }[];
  alerting: { alertmanagers: readonly { static_configs: readonly { targets: readonly string[] }[] }[] };
};

/** `service:port` of what listens within the network. */
const listening = all.flatMap(([name, { ports }]) =>
  ports.map((port) => `${name}:${port.split(":").at(-1)}`),
);

describe("Grafana, started for the first time", () => {
  it("opens on the overview", () => {
    const home = grafana.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? "";
    expect(basename(home)).toBe("ml-overview.json");
    const [provider] = providers;
    expect(home).toBe(join(provider?.options.path ?? "", "ml-overview.json"));
    const mount = services.grafana?.volumes.find((volume) => volume.split(":")[1] === provider?.options.path);
    expect(existsSync(join(mount?.split(":")[0] ?? "", basename(home)))).toBe(true);
  });

  it("has every dashboard in one folder, which nobody edits or deletes in the browser", () => {
    expect(providers).toMatchObject([
      {
        folder: "ML monitoring",
        folderUid: "ml-monitoring",
        disableDeletion: true,
        allowUiUpdates: false,
        // Else the folder above would be ignored.
        options: { foldersFromFilesStructure: false },
      },
    ]);
    expect(readdirSync("grafana/dashboards").filter((file) => file.endsWith(".json")).length).toBe(6);
  });

  it("asks the Prometheus and the Alertmanager beside it, as often as they know something new", () => {
    for (const { name, url, editable } of datasources) {
      expect(listening, name).toContain(url.replace("http://", ""));
      expect(editable, name).toBe(false);
    }
    expect(datasources.filter(({ isDefault }) => isDefault).map(({ type }) => type)).toEqual(["prometheus"]);
    const intervals = [prometheus.global, ...prometheus.scrape_configs].map(
      ({ scrape_interval }) => scrape_interval,
    );
    expect(new Set([...intervals, datasources[0]?.jsonData.timeInterval]).size).toBe(1);
    expect(datasources.map(({ uid }) => uid)).toContain(datasources[0]?.jsonData.alertmanagerUid);
  });

  // conf/defaults.ini of Grafana 13; what is on by default and may not be, or must stay off.
  it.each([
    ["GF_AUTH_ANONYMOUS_ENABLED", "false", "nobody without a password"],
    ["GF_USERS_ALLOW_SIGN_UP", "false", "nobody makes an account"],
    ["GF_USERS_VIEWERS_CAN_EDIT", "false", "who may look may not edit"],
    ["GF_SECURITY_COOKIE_SAMESITE", "strict", "no other page acts in one's name"],
    ["GF_SECURITY_CONTENT_SECURITY_POLICY", "true", "no foreign script"],
    ["GF_SECURITY_ALLOW_EMBEDDING", "false", "no frame of another page"],
    ["GF_SECURITY_DISABLE_GRAVATAR", "true", "no hash of addresses to gravatar.com"],
    ["GF_ANALYTICS_REPORTING_ENABLED", "false", "no report to stats.grafana.org"],
    ["GF_ANALYTICS_CHECK_FOR_UPDATES", "false", "no question to grafana.com"],
    ["GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES", "false", "no question to grafana.com"],
    ["GF_NEWS_NEWS_FEED_ENABLED", "false", "no feed from grafana.com"],
    ["GF_SNAPSHOTS_EXTERNAL_ENABLED", "false", "no snapshot to snapshots.raintank.io"],
    ["GF_PLUGINS_PLUGIN_ADMIN_ENABLED", "false", "no plugin from the catalogue"],
    ["GF_PLUGINS_PREINSTALL_DISABLED", "true", "no plugin fetched from grafana.com at a start"],
    ["GF_PLUGINS_PREINSTALL_AUTO_UPDATE", "false", "no plugin replaced at a start"],
    ["GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED", "true", "no question to grafana.com"],
    ["GF_UNIFIED_ALERTING_EXECUTE_ALERTS", "false", "Prometheus alone evaluates alerts"],
  ])("%s is %s: %s", (key, value) => expect(grafana[key]).toBe(value));

  it("has a password that was chosen, under no name that everyone knows", () => {
    const secret = Object.entries(grafana).filter(([key]) => /PASSWORD|SECRET|TOKEN/.test(key));
    expect(secret.length).toBeGreaterThan(0);
    for (const [key, value] of secret) expect(value, key).toMatch(/^\$\{\w+:\?.+\}$|^\/run\/secrets\//);
  });
});

describe("what runs together", () => {
  it("finds each other: Prometheus its targets and its Alertmanager", () => {
    const asked = [...prometheus.scrape_configs, ...prometheus.alerting.alertmanagers].flatMap(
      ({ static_configs }) => static_configs.flatMap(({ targets }) => targets),
    );
    expect(asked.sort()).toEqual(["alertmanager:9093", "ml-exporter:10058"]);
    for (const target of asked) expect(listening).toContain(target);
  });

  it("waits for what it needs, until that is healthy, and for nothing that waits for it", () => {
    const needs = (name: string): string[] => {
      const direct = Object.entries(services[name]?.depends_on ?? {});
      for (const [, { condition }] of direct) expect(condition).toBe("service_healthy");
      return direct.flatMap(([other]) => [other, ...needs(other)]);
    };
    expect(needs("grafana")).toEqual(["prometheus", "ml-exporter"]);
    for (const name of Object.keys(services)) expect(needs(name)).not.toContain(name);
  });

  it.each(all.filter(([, { healthcheck }]) => healthcheck !== undefined))(
    "%s is asked for its health where it listens",
    (name, { healthcheck }) => {
      const url = new URL(healthcheck?.test.at(-1) ?? "");
      expect(listening).toContain(`${name}:${url.port}`);
      expect(url.hostname).toBe("127.0.0.1");
      expect(["/-/ready", "/api/health"]).toContain(url.pathname);
    },
  );

  it.each(all)("%s opens nothing that changes it from outside", (_name, { command = [], ...service }) => {
    // Prometheus's admin API deletes series; its lifecycle API stops it.
    expect(command.filter((flag) => /enable-(admin-api|lifecycle|remote-write)/.test(flag))).toEqual([]);
    for (const key of ["privileged", "network_mode", "pid", "ipc", "devices", "cap_add", "user"])
      expect(service).not.toHaveProperty(key);
    expect(service.volumes.filter((volume) => volume.includes("docker.sock"))).toEqual([]);
  });

  it("keeps what it learns in volumes that are declared, one of its own each", () => {
    const kept = all.flatMap(([, service]) =>
      service.volumes.filter((volume) => !volume.startsWith(".")).map((volume) => volume.split(":")[0]),
    );
    expect(kept.sort()).toEqual(Object.keys(volumes).sort());
  });
});

describe.skipIf(missing("docker-compose"))("as docker-compose understands it", () => {
  interface Resolved {
    readonly services: Readonly<
      Record<
        string,
        {
          readonly ports: readonly (string | { readonly host_ip?: string })[];
          readonly volumes: readonly (string | { readonly type: string; readonly read_only?: boolean })[];
        }
      >
    >;
  }
  const resolved = () => {
    const { status, stdout, stderr } = spawnSync(
      binary("docker-compose"),
      ["-f", "docker-compose.yml", "config"],
      { encoding: "utf8", env: { PATH: process.env.PATH, GRAFANA_ADMIN_PASSWORD: "chosen" } },
    );
    expect(status, stderr).toBe(0);
    return Object.entries((parse(stdout) as Resolved).services);
  };

  it("nothing listens beyond this computer", () => {
    for (const [name, { ports }] of resolved()) {
      expect(ports.length, name).toBeGreaterThan(0);
      for (const port of ports) {
        const address = typeof port === "string" ? port.split(":")[0] : port.host_ip;
        expect(address, name).toBe("127.0.0.1");
      }
    }
  });

  it("nothing writes to this repository", () => {
    const binds = resolved().flatMap(([, service]) =>
      service.volumes.filter((volume) =>
        typeof volume === "string" ? volume.startsWith("/") : volume.type === "bind",
      ),
    );
    expect(binds.length).toBeGreaterThan(0);
    for (const bind of binds)
      expect(typeof bind === "string" ? bind.endsWith(":ro") : bind.read_only).toBe(true);
  });
});
