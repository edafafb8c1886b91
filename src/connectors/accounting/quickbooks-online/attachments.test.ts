import { expect, test } from "vitest";
import { fault, scripted, token } from "../../../../tests/contract/scripted-quickbooks.ts";
import type { ScriptedAnswer } from "../../../../tests/contract/scripted-server.ts";
import { quickBooksOnline } from "./connector.ts";

const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256);
const file = { key: "f1", fileName: 'POD "50211"/2.pdf', contentType: "application/pdf", bytes, note: "Signed 🚚" };
const target = { kind: "bill", providerId: "145" } as const;

async function company(upload: () => ScriptedAnswer, there: object[] = []) {
  const { settings, seen } = await scripted(({ path }) =>
    path.endsWith("/query") ? { body: { QueryResponse: there.length > 0 ? { Attachable: there } : {}, time: "t" } } : upload(),
  );
  return { connector: quickBooksOnline.connect(settings, token), seen };
}

const saved = { Id: "200900000000000008541", SyncToken: "0", FileName: "POD.pdf", Size: 70_000 };

test("each part has its own type, and the bytes arrive whole", async () => {
  const { connector, seen } = await company(() => ({ body: { AttachableResponse: [{ Attachable: saved }], time: "t" } }));
  expect(await connector.attach(file, target)).toEqual({
    providerId: "200900000000000008541",
    version: "0",
    fileName: "POD.pdf",
    sizeBytes: 70_000,
  });
  const upload = seen.at(-1)!;
  expect(upload.path).toMatch(/\/upload$/);
  const boundary = /boundary=(.+)$/.exec(upload.contentType)![1]!;
  const parts = upload.body.split(`--${boundary}`);
  expect(parts).toHaveLength(4);
  const [head, content] = parts[2]!.split("\r\n\r\n");
  expect(parts[1]).toContain("Content-Type: application/json");
  expect(JSON.parse(parts[1]!.split("\r\n\r\n")[1]!)).toEqual({
    FileName: "POD _50211__2.pdf",
    ContentType: "application/pdf",
    Note: "Signed\nledgerlane:f1",
    AttachableRef: [{ EntityRef: { type: "Bill", value: "145" }, IncludeOnSend: false }],
  });
  expect(head).toContain('name="file_content_01"; filename="POD _50211__2.pdf"');
  expect(head).toContain("Content-Type: application/pdf");
  expect(Buffer.from(content!, "base64")).toEqual(Buffer.from(bytes));
});

test("a file with our mark is not sent again", async () => {
  const { connector, seen } = await company(() => ({ body: {} }), [{ ...saved, Note: "Signed\nledgerlane:f1" }]);
  expect((await connector.attach(file, target)).providerId).toBe(saved.Id);
  expect(seen).toHaveLength(1);
});

test("a fault inside a success is told", async () => {
  const { connector } = await company(() => ({ body: { AttachableResponse: [fault("6041", "Invalid file")], time: "t" } }));
  await expect(connector.attach(file, target)).rejects.toMatchObject({ code: "books_refused" });
});

test("an answer without the file leaves the outcome open", async () => {
  const { connector } = await company(() => ({ body: { time: "t" } }));
  await expect(connector.attach(file, target)).rejects.toMatchObject({ code: "upstream_silent" });
});
