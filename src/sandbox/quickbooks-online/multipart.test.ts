import { expect, test } from "vitest";
import { readParts } from "./multipart.ts";

test("parts keep their bytes, sent as they are or as base64", () => {
  const bytes = Buffer.from(Uint8Array.from({ length: 256 }, (_, index) => index));
  const part = (name: string, head: string, body: Buffer) => [
    Buffer.from(
      `--mark\r\ncontent-disposition: form-data; name="${name}"; filename="a.pdf"\r\ncontent-type: application/pdf\r\n${head}\r\n`,
    ),
    body,
    Buffer.from("\r\n"),
  ];
  const text = Buffer.from(bytes.toString("base64"), "latin1");
  const body = [...part("plain", "", bytes), ...part("coded", "Content-Transfer-Encoding: base64\r\n", text), Buffer.from("--mark--\r\n")];
  const parts = readParts("multipart/form-data; boundary=mark", Buffer.concat(body))!;
  expect(parts.map(({ name }) => name)).toEqual(["plain", "coded"]);
  for (const one of parts) expect(one.bytes.equals(bytes)).toBe(true);
});
