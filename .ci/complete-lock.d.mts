interface LockedPackage {
  readonly name?: string;
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}
export function completeLock(lock: Lock): { readonly lock: Lock; readonly added: readonly string[] };
export function isLocked(packages: Lock["packages"], dependent: string, name: string): boolean;
