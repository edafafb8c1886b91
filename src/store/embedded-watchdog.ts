import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "./embedded-binaries.ts";

/** Beside the cluster's files: names the start whose server this is. */
const ownerFile = "ledgerlane.owner";

/**
 * Waits on a pipe that only we hold. "done" comes: the server was stopped, go. The pipe closes without it: we died,
 * so the server in $1 is stopped: fast, after ten seconds at once, after fifteen by force. Two seconds without any
 * server are the end: one that was just being started when we died has written its postmaster.pid by then. A server of
 * a later start is none of ours: that start wrote another token ($2) before its server's pid, so the token is read last.
 */
const script = `
trap '' INT TERM HUP QUIT
read -r word && exit 0
asked=0 missed=0
while [ "$missed" -lt 20 ]; do
  pid=
  [ -r "$1/postmaster.pid" ] && read -r pid < "$1/postmaster.pid"
  read -r owner < "$1/${ownerFile}"
  [ "$owner" = "$2" ] || exit 0
  if [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd")" = "$1" ]; then
    missed=0
    case $asked in 0) kill -INT "$pid" ;; 100) kill -QUIT "$pid" ;; 150) kill -KILL "$pid" ;; esac
    asked=$((asked + 1))
  else
    missed=$((missed + 1))
  fi
  sleep 0.1
done 2>/dev/null
`;

/**
 * Starts the process that stops the server in `data` (a real path) should ours be killed. It belongs to another process
 * group, so what ends us does not end it first, and it keeps nobody waiting.
 */
export async function startWatchdog(data: string, account: Account): Promise<{ dismiss: () => void }> {
  const token = randomUUID();
  writeFileSync(join(data, ownerFile), `${token}\n`, { mode: 0o644 });
  const child = spawn("/bin/sh", ["-c", script, "sh", data, token], {
    ...account,
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
  });
  await new Promise((settle, reject) => {
    child.once("spawn", settle);
    child.once("error", reject);
  });
  child.unref();
  child.stdin.on("error", () => {}); // It was killed: there is nobody left to tell.
  (child.stdin as unknown as { unref: () => void }).unref();
  return { dismiss: () => child.stdin.end("done\n") };
}
