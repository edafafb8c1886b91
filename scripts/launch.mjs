// Starts Node 24 with a program of ours. Runs on Node 20 with nothing installed.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureInstalled, nodeBinary, root } from "./install.mjs";

/**
 * node:sqlite warns on every start. A small young generation keeps a server that drains a month below 300 MiB, at the same
 * speed: measured 343 MiB without it and 252 MiB with it.
 */
const options = ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=8"];
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Installs what is missing and becomes `src/cli/main.ts`. */
export async function runCommandLine(args) {
  await orExplain(async () => {
    await ensureInstalled(root, { dev: false });
    const node = nodeBinary(root);
    const command = [...options, join(root, "src", "cli", "main.ts"), ...args];
    // Node from 22.15 on can replace itself: then there is nobody between the caller and the program.
    if (typeof process.execve === "function" && process.platform === "linux") process.execve(node, [node, ...command], process.env);
    endLike(await runNode(command));
  });
}

/** Prints a foreseen failure without a stack and ends with 1. */
export async function orExplain(work) {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/**
 * Runs Node 24 on this process's own terminal, in its own group, and answers how it ended. Signals are handed on over
 * the channel, where attach.mjs drops those that the program got by itself.
 */
export function runNode(args, spawnOptions = {}) {
  const attach = `${pathToFileURL(join(root, "scripts", "attach.mjs")).href}?launcher=${process.pid}`;
  return new Promise((settle, reject) => {
    const child = spawn(nodeBinary(root), ["--import", attach, ...args], {
      ...spawnOptions,
      stdio: ["inherit", "inherit", "inherit", "ipc"],
    });
    const forward = (signal) => child.connected && child.send({ signal }, () => {});
    for (const signal of signals) process.on(signal, forward);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      for (const name of signals) process.off(name, forward);
      settle({ code, signal });
    });
  });
}

/** Ends this process the way its child ended, so that the caller sees no difference. */
export function endLike({ code, signal }) {
  if (signal === null) {
    process.exitCode = code;
    return;
  }
  process.exitCode = 128 + constants.signals[signal];
  process.kill(process.pid, signal);
}
