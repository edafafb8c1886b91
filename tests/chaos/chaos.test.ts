import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("real processes killed, PostgreSQL crashed, lines cut, clocks wrong: every document is in the books once", {
  timeout: 300_000,
}, async () => {
  const program = fileURLToPath(new URL("./main.ts", import.meta.url));
  const child = spawn(process.execPath, [program, "--documents", "400", "--kills", "4", "--crashes", "2"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await new Promise((resolve) => child.once("close", resolve));
  if (output === "") throw new Error(`the chaos run said nothing but:\n${errors}`);
  console.log(output);
  expect(JSON.parse(output)).toMatchObject({
    duplicates: 0,
    losses: 0,
    disagreements: 0,
    centsApart: "0",
    inTheBooks: 400,
    workerKills: 4,
  });
});
