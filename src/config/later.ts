/**
 * Names of the config file that are reserved for coming releases: a message tells them from misspelt ones. A name leaves this table
 * when what it stands for arrives.
 */
export const later = {
  top: ["model_files"],
  model: ["mlflow"],
  sources: ["events", "scoring", "trino", "postgres"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
