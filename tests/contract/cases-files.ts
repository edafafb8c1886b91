import { expect, test } from "vitest";
import { postedTarget } from "./cases-records.ts";
import { newKey, type Bench } from "./world.ts";

/** Files on records. */
export function fileCases(bench: () => Promise<Bench>): void {
  test("a file is put on a record once, however often it is sent", async () => {
    const books = await bench();
    const { target } = await postedTarget(books, "bill");
    if (!books.connector.features.attachmentKinds.includes("bill")) return;
    const bytes = Uint8Array.from({ length: 1_000 }, (_, index) => index % 256);
    const file = { key: newKey(), fileName: 'POD "50211" – Müller.pdf', contentType: "application/pdf", bytes, note: "POD for load 50211" };
    const first = await books.connector.attach(file, target);
    expect(first.providerId).toBeTruthy();
    expect(await books.connector.attach(file, target)).toEqual(first);
    const other = await books.connector.attach({ ...file, key: newKey() }, target);
    expect(other.providerId).not.toBe(first.providerId);
  });

  test("what the books do not take is refused unsent", async () => {
    const books = await bench();
    const { target } = await postedTarget(books, "bill");
    const before = (await books.requests()).length;
    const file = { key: newKey(), fileName: "page.html", contentType: "text/html", bytes: new TextEncoder().encode("<script>") };
    await expect(books.connector.attach(file, target)).rejects.toMatchObject({ code: "books_refused" });
    const empty = { ...file, fileName: "a.pdf", contentType: "application/pdf", bytes: new Uint8Array() };
    await expect(books.connector.attach(empty, target)).rejects.toMatchObject({ code: "books_refused" });
    expect((await books.requests()).length).toBe(before);
  });
}
