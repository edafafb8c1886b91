// Loaded into the Node 24 process that the launcher starts (node --import), before anything of ours.
//
// Two things the launcher cannot do alone: a signal reaches the program once, though a terminal's Ctrl-C goes to the
// whole process group, npm passes on what it got as well, and a supervisor's kill goes to the launcher only; and a
// launcher that was killed takes the program with it.
import { setTimeout as wait } from "node:timers/promises";
import { isMainThread } from "node:worker_threads";

/** A forwarded signal that arrives this near to the same signal from elsewhere is the same wish. */
const sameWishMs = 600;
/** How long after the launcher's death the program may take to stop by itself. */
const graceMs = 30_000;

const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
const receivedAt = new Map();

/** Forks and threads inherit --import; only the launcher's own child is meant. */
const launcher = Number(new URL(import.meta.url).searchParams.get("launcher"));
if (isMainThread && process.ppid === launcher && process.channel) attach();

function attach() {
  for (const signal of signals) note(signal);
  process.on("message", (message) => {
    if (signals.includes(message?.signal)) void deliver(message.signal);
  });
  process.on("disconnect", () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.kill(process.pid, "SIGKILL"), graceMs).unref();
  });
  process.channel.unref(); // A program that is done ends, whether or not the launcher still listens.
}

/** Remembers when a signal came. Where nobody else listens, does what the signal does by default. */
function note(signal) {
  const listener = () => {
    receivedAt.set(signal, performance.now());
    if (process.listenerCount(signal) > 1) return;
    process.off(signal, listener);
    process.kill(process.pid, signal);
  };
  process.on(signal, listener);
}

async function deliver(signal) {
  await wait(150, undefined, { ref: false }); // The program's own copy may still be on its way.
  if (performance.now() - (receivedAt.get(signal) ?? -Infinity) > sameWishMs) process.kill(process.pid, signal);
}
