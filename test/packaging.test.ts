import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { binary, missing } from "./binaries.ts";

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly environment?: Readonly<Record<string, string>>;
}

const compose = parse(readFileSync("docker-compose.yml", "utf8"), { merge: true }) as {
  services: Record<string, Service>;
};
const services = Object.entries(compose.services);
const dockerfile = readFileSync("Dockerfile", "utf8").split("\n");
const packageFile = JSON.parse(readFileSync("package.json", "utf8")) as { version: string; license: string };

describe("docker-compose.yml", () => {
  it("has the exporter, Prometheus, Alertmanager and Grafana on their ports", () => {
    expect(Object.fromEntries(services.map(([name, service]) => [name, service.ports]))).toEqual({
      "ml-exporter": ["127.0.0.1:10058:10058"],
      prometheus: ["127.0.0.1:9090:9090"],
      alertmanager: ["127.0.0.1:9093:9093"],
      grafana: ["127.0.0.1:3000:3000"],
    });
  });

  it.each(services)(
    "%s: pinned image, checked health, nothing to write to but its volumes, no privileges",
    (_name, service) => {
      expect(service.image).toMatch(/:v?\d+\.\d+\.\d+$/);
      expect(service.healthcheck !== undefined || service.build === ".").toBe(true);
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
      });
    },
  );

  it("mounts files that this repository has, read-only", () => {
    const mounts = services
      .flatMap(([, service]) => service.volumes)
      .filter((volume) => volume.startsWith("."));
    expect(mounts.length).toBeGreaterThan(0);
    for (const mount of mounts) {
      const [path = "", , mode] = mount.split(":");
      expect(existsSync(path), path).toBe(true);
      expect(mode, mount).toBe("ro");
    }
  });

  it("mounts the dashboards where Grafana's provisioning looks for them", () => {
    const provisioning = parse(readFileSync("grafana/provisioning/dashboards/dashboards.yml", "utf8")) as {
      providers: { options: { path: string } }[];
    };
    for (const { options } of provisioning.providers) {
      expect(compose.services.grafana?.volumes).toContain(`./grafana/dashboards:${options.path}:ro`);
    }
  });

  it("builds the version of package.json", () => {
    expect(compose.services["ml-exporter"]?.image).toBe(`ml-exporter:${packageFile.version}`);
  });

  it("holds no password and reports to nobody", () => {
    const grafana = compose.services.grafana?.environment ?? {};
    expect(grafana.GF_SECURITY_ADMIN_PASSWORD).toMatch(/^\$\{GRAFANA_ADMIN_PASSWORD:\?/);
    for (const key of Object.keys(grafana).filter((name) => name.startsWith("GF_ANALYTICS_"))) {
      expect(grafana[key], key).toBe("false");
    }
    expect(grafana).toMatchObject({ GF_AUTH_ANONYMOUS_ENABLED: "false", GF_NEWS_NEWS_FEED_ENABLED: "false" });
  });

  describe.skipIf(missing("docker-compose"))("docker-compose config", () => {
    const config = (environment: Record<string, string>) =>
      spawnSync(binary("docker-compose"), ["-f", "docker-compose.yml", "config"], {
        encoding: "utf8",
        env: { PATH: process.env.PATH, ...environment },
      });

    it("accepts it", () => {
      const result = config({ GRAFANA_ADMIN_PASSWORD: "chosen" });
      expect(result.status, result.stderr).toBe(0);
      expect(Object.keys((parse(result.stdout) as typeof compose).services).sort()).toEqual(
        services.map(([name]) => name).sort(),
      );
    });

    it("refuses to start Grafana without a password", () => {
      const result = config({});
      expect(result.status).toBe(1);
      expect(result.stderr).toContain("choose one, there is no default");
    });
  });
});

describe("Dockerfile", () => {
  const lines = (instruction: string) => dockerfile.filter((line) => line.startsWith(`${instruction} `));

  it("builds in one stage and runs in another, both of one pinned image", () => {
    const images = lines("FROM").map((line) => line.split(" ")[1]);
    expect(images.length).toBe(2);
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/^node:2[02]\.\d+\.\d+-bookworm-slim$/);
  });

  it("runs as node, tells its health, writes to /data alone", () => {
    expect(lines("USER")).toEqual(["USER node"]);
    expect(lines("VOLUME")).toEqual(["VOLUME /data"]);
    expect(lines("ENTRYPOINT")).toEqual(['ENTRYPOINT ["node", "/app/dist/cli.js"]']);
    expect(dockerfile.join("\n")).toMatch(/^HEALTHCHECK (.*\\\n.*)\/-\/healthy/m);
  });

  it("copies only what exists and .dockerignore lets through", () => {
    const allowed = readFileSync(".dockerignore", "utf8").split("\n");
    const copied = lines("COPY")
      .filter((line) => !line.includes("--from="))
      .flatMap((line) => line.split(" ").slice(1, -1));
    expect(copied.length).toBeGreaterThan(0);
    for (const path of copied.map((one) => one.replace("./", ""))) {
      expect(existsSync(join(".", path)), path).toBe(true);
      expect(allowed, path).toContain(`!${path}`);
    }
  });
});

it("LICENSE is the licence that package.json names", () => {
  expect(packageFile.license).toBe("Apache-2.0");
  const text = readFileSync("LICENSE", "utf8");
  expect(text).toContain("Apache License");
  expect(text).toContain("END OF TERMS AND CONDITIONS");
});
