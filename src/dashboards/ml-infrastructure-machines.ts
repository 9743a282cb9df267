import type { Section } from "./frame.ts";
import * as mappings from "./mappings.ts";
import { each, largest, machine } from "./ml-infrastructure-scope.ts";
import { table, timeSeries } from "./panels.ts";
import { units } from "./units.ts";

const { select } = machine;
const rate = (family: Parameters<typeof select>[0]) => `rate(${select(family, {}, "[$__rate_interval]")})`;
const noHost = "The host is not read: `host.enabled` is false, or no exporter is up.";
const noContainer = "The exporter runs in no container whose control group it can read.";
const noGpu = "No GPU was found: nvidia-smi is not there, or the exporter's container has no GPU.";
const half = { width: 12, height: 8, min: 0 } as const;

/** The hosts. */
export const hostSection: Section = {
  title: "Host",
  panels: [
    timeSeries({
      title: "CPU of the host",
      description:
        "Share of the processor time that was not idle, and load over one minute as a share of the processors.",
      unit: units.ratio,
      ...half,
      reach: 1,
      noValue: noHost,
      queries: [
        { expr: largest(select("ml_host_cpu_utilization_ratio")), legend: "{{instance}}" },
        {
          expr: largest(`${select("ml_host_load1")} / ${select("ml_host_cpus")}`),
          legend: "{{instance}} load",
        },
      ],
    }),
    timeSeries({
      title: "Memory of the host",
      description:
        "Share of memory that cannot be had without swapping, and the greatest acceptable share (dashed).",
      unit: units.ratio,
      ...half,
      reach: 1,
      noValue: noHost,
      queries: [
        { expr: largest(select("ml_host_memory_utilization_ratio")), legend: "{{instance}}" },
        { expr: `max(${select("ml_memory_limit_ratio")})`, legend: "limit", line: "limit" },
      ],
    }),
    timeSeries({
      title: "Processor time by mode",
      description: "Processors busy in each mode, over all chosen hosts.",
      unit: units.none,
      ...half,
      noValue: noHost,
      queries: [{ expr: `sum by (mode) (${rate("ml_host_cpu_seconds_total")})`, legend: "{{mode}}" }],
    }),
    timeSeries({
      title: "Pressure",
      description:
        "Share of the time in which something waited for the resource. High pressure at low use: the wrong resource was bought.",
      unit: units.ratio,
      ...half,
      noValue: "The kernel does not tell (pressure stall information is off, or older than Linux 4.20).",
      queries: [
        {
          expr: largest(`max by (instance, resource) (${rate("ml_host_pressure_waiting_seconds_total")})`),
          legend: "{{instance}} {{resource}}",
        },
      ],
    }),
    timeSeries({
      title: "Disk throughput",
      description: "Bytes read and written a second, of the busiest disks.",
      unit: units.bytesPerSecond,
      ...half,
      noValue: noHost,
      queries: [
        { expr: largest(rate("ml_host_disk_read_bytes_total"), 5), legend: "{{instance}} {{device}} read" },
        {
          expr: largest(rate("ml_host_disk_written_bytes_total"), 5),
          legend: "{{instance}} {{device}} written",
        },
      ],
    }),
    timeSeries({
      title: "Network throughput",
      description: "Bytes received and sent a second, of the busiest network devices.",
      unit: units.bytesPerSecond,
      ...half,
      noValue: noHost,
      queries: [
        {
          expr: largest(rate("ml_host_network_receive_bytes_total"), 5),
          legend: "{{instance}} {{device}} received",
        },
        {
          expr: largest(rate("ml_host_network_transmit_bytes_total"), 5),
          legend: "{{instance}} {{device}} sent",
        },
      ],
    }),
    table({
      title: "Hosts",
      description: "What the hosts are.",
      width: 24,
      height: 5,
      noValue: noHost,
      labels: {
        instance: "Instance",
        processor: "Processor",
        operating_system: "System",
        release: "Release",
        architecture: "Architecture",
      },
      labelWidths: { Instance: 145, Processor: 260 },
      hide: ["job"],
      // biome-ignore format: a table
      columns: [
        { name: "Is", expr: each("ml_host_info"), unit: units.none, hidden: true },
        { name: "CPUs", expr: each("ml_host_cpus"), unit: units.count },
        { name: "Memory", expr: each("ml_host_memory_total_bytes"), unit: units.bytes },
        { name: "Available", expr: each("ml_host_memory_available_bytes"), unit: units.bytes },
        { name: "Swap used", expr: each("ml_host_swap_used_bytes"), unit: units.bytes, noValue: "–" },
        { name: "Swap", expr: each("ml_host_swap_total_bytes"), unit: units.bytes, noValue: "–" },
      ],
      sort: [{ by: "Instance", descending: false }],
    }),
  ],
};

/** The containers that the exporters run in. */
export const containerSection: Section = {
  title: "Container of the exporter",
  panels: [
    timeSeries({
      title: "CPU of the container",
      description:
        "Share of the processors it may use, and the share of the time in which it was held back by its limit.",
      unit: units.ratio,
      ...half,
      reach: 1,
      noValue: noContainer,
      queries: [
        { expr: largest(select("ml_container_cpu_utilization_ratio")), legend: "{{instance}}" },
        { expr: largest(rate("ml_container_cpu_throttled_seconds_total")), legend: "{{instance}} held back" },
      ],
    }),
    timeSeries({
      title: "Memory of the container",
      description: "Memory without the file cache that can be dropped, and the limit (dashed).",
      unit: units.bytes,
      ...half,
      noValue: noContainer,
      queries: [
        { expr: largest(select("ml_container_memory_used_bytes")), legend: "{{instance}}" },
        {
          expr: largest(select("ml_container_memory_limit_bytes")),
          legend: "{{instance}} limit",
          line: "limit",
        },
      ],
    }),
    table({
      title: "Containers",
      description: "Limits of the containers that the exporters run in; none is set where a cell is empty.",
      width: 24,
      height: 5,
      noValue: noContainer,
      labels: { instance: "Instance" },
      labelWidths: { Instance: 300 },
      hide: ["job"],
      // biome-ignore format: a table
      columns: [
        { name: "CPU limit", expr: each("ml_container_cpu_limit_cores"), unit: units.none, noValue: "none" },
        { name: "Memory limit", expr: each("ml_container_memory_limit_bytes"), unit: units.bytes, noValue: "none" },
        { name: "Memory used", expr: each("ml_container_memory_used_bytes"), unit: units.bytes },
        { name: "Of its limit", expr: each("ml_container_memory_utilization_ratio"), unit: units.ratio, decimals: 0, noValue: "–" },
      ],
      sort: [{ by: "Instance", descending: false }],
    }),
  ],
};

/** The GPUs. */
export const gpuSection: Section = {
  title: "GPUs",
  panels: [
    table({
      title: "GPUs now",
      description:
        "One row a GPU, or a part of one (MIG): parts do not tell how busy they are. Idle: nothing over the idle limit for an hour. What to do: see which workload holds an idle one's memory.",
      width: 24,
      height: 7,
      noValue: noGpu,
      labels: {
        instance: "Instance",
        gpu: "GPU",
        mig: "Part",
        name: "Name",
        vendor: "Vendor",
        driver_version: "Driver",
      },
      labelWidths: { Instance: 145, Name: 365, GPU: 60, Part: 60, Vendor: 85, Driver: 80 },
      hide: ["job", "gpu_uuid"],
      // biome-ignore format: a table
      columns: [
        { name: "Is", expr: each("ml_gpu_info"), unit: units.none, hidden: true },
        { name: "Idle", expr: `max without (pod, container, endpoint, node) (max_over_time(${select("ml_gpu_utilization_ratio", {}, "[1h]")})) < bool on (job, instance) group_left () ${select("ml_gpu_idle_limit_ratio")}`, unit: units.none, mappings: mappings.worthALook, noValue: "not told" },
        { name: "Busy", expr: each("ml_gpu_utilization_ratio"), unit: units.ratio, decimals: 0, noValue: "not told" },
        { name: "Memory used", expr: each("ml_gpu_memory_used_bytes"), unit: units.bytes, noValue: "–" },
        { name: "Memory", expr: each("ml_gpu_memory_total_bytes"), unit: units.bytes, noValue: "–" },
        { name: "Temperature", expr: each("ml_gpu_temperature_celsius"), unit: units.celsius, noValue: "–" },
        { name: "Power", expr: each("ml_gpu_power_watts"), unit: units.watts, noValue: "–" },
      ],
      sort: [{ by: "Instance", descending: false }],
    }),
    timeSeries({
      title: "GPU utilisation",
      description:
        "Share of the time in which a GPU was at work, and the share under which it is idle (dashed).",
      unit: units.ratio,
      ...half,
      reach: 1,
      noValue: noGpu,
      queries: [
        { expr: largest(select("ml_gpu_utilization_ratio")), legend: "{{instance}} {{gpu}}" },
        { expr: `max(${select("ml_gpu_idle_limit_ratio")})`, legend: "idle limit", line: "limit" },
      ],
    }),
    timeSeries({
      title: "GPU memory",
      description: "Memory in use of the fullest GPUs.",
      unit: units.bytes,
      ...half,
      noValue: noGpu,
      queries: [
        { expr: largest(select("ml_gpu_memory_used_bytes")), legend: "{{instance}} {{gpu}} {{mig}}" },
      ],
    }),
    table({
      title: "Collectors",
      description:
        "Whether what is read of GPUs answers: a collector that fails publishes nothing of its GPUs. What to do: run nvidia-smi by hand; the exporter's log has its answer.",
      width: 12,
      height: 6,
      noValue: noGpu,
      labels: { instance: "Instance", vendor: "Vendor" },
      labelWidths: { Instance: 145 },
      hide: ["job"],
      // biome-ignore format: a table
      columns: [
        { name: "Answers", expr: each("ml_gpu_collector_success"), unit: units.none, mappings: mappings.evaluated },
        { name: "Last answer", expr: `1000 * ${each("ml_gpu_collector_last_success_timestamp_seconds")}`, unit: units.ago, noValue: "never" },
      ],
      sort: [{ by: "Instance", descending: false }],
    }),
    table({
      title: "Readings",
      description:
        "Whether the exporter's readings of host and workloads succeed, and how long the last one took. What to do: the exporter's log says what could not be read.",
      width: 12,
      height: 6,
      noValue: noHost,
      labels: { instance: "Instance", collector: "Reading" },
      labelWidths: { Instance: 145 },
      hide: ["job"],
      // biome-ignore format: a table
      columns: [
        { name: "Succeeded", expr: each("ml_exporter_collector_success"), unit: units.none, mappings: mappings.evaluated },
        { name: "Took", expr: each("ml_exporter_collector_duration_seconds"), unit: units.seconds },
      ],
      sort: [{ by: "Succeeded", descending: false }],
    }),
  ],
};

/** What other exporters know, in their own words; with none of them the panels say so. */
export const othersSection: Section = {
  title: "From other exporters, where they are scraped",
  panels: [
    timeSeries({
      title: "GPU utilisation (DCGM, nvidia_gpu_exporter)",
      description:
        "The busiest GPUs of all jobs that Prometheus scrapes. DCGM's engine activity sees what a duty cycle hides, and MIG parts; nvidia_gpu_exporter and DCGM's utilisation are the same duty cycle as ours.",
      unit: units.ratio,
      ...half,
      reach: 1,
      noValue: "Neither dcgm-exporter nor nvidia_gpu_exporter is scraped.",
      // biome-ignore format: a table
      queries: [
        { expr: largest("DCGM_FI_PROF_GR_ENGINE_ACTIVE"), legend: "{{Hostname}} {{gpu}} engine" },
        { expr: largest("DCGM_FI_DEV_GPU_UTIL / 100"), legend: "{{Hostname}} {{gpu}} duty" },
        { expr: largest("nvidia_smi_utilization_gpu_ratio"), legend: "{{instance}} {{uuid}}" },
      ],
    }),
    timeSeries({
      title: "GPU memory (DCGM, nvidia_gpu_exporter)",
      description: "Memory in use of the fullest GPUs of all jobs that Prometheus scrapes.",
      unit: units.bytes,
      ...half,
      noValue: "Neither dcgm-exporter nor nvidia_gpu_exporter is scraped.",
      // biome-ignore format: a table
      queries: [
        { expr: largest("DCGM_FI_DEV_FB_USED * 1048576"), legend: "{{Hostname}} {{gpu}}" },
        { expr: largest("nvidia_smi_memory_used_bytes"), legend: "{{instance}} {{uuid}}" },
      ],
    }),
    timeSeries({
      title: "CPU (node_exporter)",
      description: "Share of the processor time that was not idle, of the busiest hosts.",
      unit: units.ratio,
      ...half,
      reach: 1,
      noValue: "node_exporter is not scraped.",
      queries: [
        {
          expr: largest(
            '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval]))',
          ),
          legend: "{{instance}}",
        },
      ],
    }),
    timeSeries({
      title: "Memory (node_exporter)",
      description: "Share of memory that cannot be had without swapping, of the fullest hosts.",
      unit: units.ratio,
      ...half,
      reach: 1,
      noValue: "node_exporter is not scraped.",
      queries: [
        {
          expr: largest("1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes"),
          legend: "{{instance}}",
        },
      ],
    }),
  ],
};
