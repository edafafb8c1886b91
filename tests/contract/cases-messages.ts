import { expect, test, vi } from "vitest";
import { postedTarget } from "./cases-records.ts";
import { newKey, posted, type Bench, type Message } from "./world.ts";

const verifierToken = "b5771f19-verify-me";

/** Signed messages that something changed. */
export function messageCases(bench: () => Promise<Bench>): void {
  const hintsOf = ({ provider }: Bench, messages: readonly Message[]) => messages.flatMap(({ raw }) => provider.notifications.read(raw));

  test("every form tells what changed; each message is signed, and no other token or byte passes", async () => {
    const books = await bench();
    for (const form of books.messageForms) {
      const messages = await books.subscribe(form, verifierToken);
      const { target } = await postedTarget(books, "bill");
      await books.person.edit("bill", target.providerId);
      await books.person.remove("bill", target.providerId);
      const mine = () => hintsOf(books, messages).filter(({ providerId }) => providerId === target.providerId);
      await vi.waitUntil(() => mine().length >= 3, { timeout: 5_000, interval: 10 });
      expect(mine().map(({ operation }) => operation)).toEqual(["created", "changed", "deleted"]);
      for (const hint of mine()) expect(hint).toMatchObject({ company: books.companyId, entity: books.entityOf("bill"), mergedId: null });
      const { verify } = books.provider.notifications;
      for (const { headers, raw } of messages) {
        expect(verify(headers, raw, verifierToken)).toBe(true);
        expect(verify(headers, raw, `${verifierToken}x`)).toBe(false);
        if (books.signsBytes) expect(verify(headers, Buffer.concat([raw, Buffer.from(" ")]), verifierToken)).toBe(false);
      }
    }
  });

  test("a merge names who is gone; the one that is left can be read and used", async () => {
    const books = await bench();
    const { mergeVendors } = books.person;
    if (mergeVendors === null || books.messageForms.length === 0) return;
    const make = async (id: string, name: string) => {
      const party = { kind: "vendor", id, name, currency: "USD" } as const;
      return { party, providerId: posted(await books.postOne({ key: newKey(), postable: party })).providerId };
    };
    const [gone, left] = [await make("V-1", "Double Carrier"), await make("V-2", "Double Carrier LLC")];
    const messages = await books.subscribe(books.messageForms.at(-1)!, verifierToken);
    await mergeVendors(gone.providerId, left.providerId);
    const merged = () => hintsOf(books, messages).find(({ operation }) => operation === "merged");
    await vi.waitUntil(() => merged() !== undefined, { timeout: 5_000, interval: 10 });
    expect(merged()).toMatchObject({ entity: books.entityOf("vendor"), providerId: left.providerId, mergedId: gone.providerId });
    expect(await books.connector.read(books.entityOf("vendor"), left.providerId)).toMatchObject({ state: "active" });
    expect((await books.connector.read(books.entityOf("vendor"), gone.providerId))?.state ?? "gone").not.toBe("active");
  });

  test("our own writes come back and are known; a person's change after them is not taken for one", async () => {
    const books = await bench();
    const { isEcho } = books.provider.notifications;
    const start = (await books.connector.changesSince(null)).cursor;
    const { target } = await postedTarget(books, "bill");
    const seen = async () =>
      (await books.connector.changesSince(start)).changes.find(
        ({ entity, providerId }) => entity === books.entityOf("bill") && providerId === target.providerId,
      )!;
    expect(isEcho(await seen(), target.version)).toBe(true);
    await books.person.edit("bill", target.providerId);
    expect(isEcho(await seen(), target.version)).toBe(false);
    const { version } = (await books.connector.read(books.entityOf("bill"), target.providerId))!;
    const removed = await books.connector.remove({ ...target, version }, { key: newKey() });
    expect(isEcho(await seen(), removed.version)).toBe(true);
  });
}
