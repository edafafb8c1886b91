import { chmodSync, cpSync, existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { findBinaries, linkLibraries, runnableBinaries } from "./embedded-binaries.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function temporary(mode: number): string {
  const folder = mkdtempSync(join(tmpdir(), "ledgerlane-binaries-"));
  chmodSync(folder, mode);
  folders.push(folder);
  return folder;
}

/** The binaries as npm leaves them when it may run no install script. */
function withoutLinks(mode: number): ReturnType<typeof findBinaries> {
  const installed = findBinaries();
  const folder = join(temporary(mode), "native");
  cpSync(installed.folder, folder, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
  return { ...installed, folder };
}

test("the server runs after an install without scripts", () => {
  const bare = withoutLinks(0o755);
  expect(existsSync(join(bare.folder, "lib", "libicui18n.so.60"))).toBe(false);
  linkLibraries(bare.folder);
  linkLibraries(bare.folder);
  expect(runnableBinaries(bare, null, [])).toEqual(bare);
});

test.runIf(process.getuid?.() === 0)("a user that cannot reach the installation gets one private copy, whole", () => {
  const hidden = withoutLinks(0o700);
  const place = temporary(0o755);
  const nobody = { uid: 65_534, gid: 65_534 };
  expect(runnableBinaries(hidden, nobody, [])).toBeNull();
  const copy = runnableBinaries(hidden, nobody, ["/dev/null/nowhere", place]);
  expect(copy?.folder.startsWith(`${place}/`)).toBe(true);
  expect(runnableBinaries(hidden, nobody, [place])).toEqual(copy);
  expect(readdirSync(place)).toHaveLength(1);
});
