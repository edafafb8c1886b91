#!/usr/bin/env node
// Plain JavaScript without dependencies: this runs on the system's Node, before anything is installed.
import process from "node:process";

if (Number(process.versions.node.split(".")[0]) < 20) {
  console.error(`ledgerlane needs Node 20 or newer to start; this is ${process.version}. It then brings its own Node 24.`);
  console.error("Install a newer Node (your distribution's package, or nvm install --lts), and run the same command again.");
  process.exit(2);
}
const { runCommandLine } = await import("../scripts/launch.mjs");
await runCommandLine(process.argv.slice(2));
