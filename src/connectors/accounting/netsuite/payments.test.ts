import { expect, test } from "vitest";
import type { BillPayment, CustomerPayment } from "../connector.ts";
import { toMovementEntry } from "./payments.ts";
import { context } from "./sample-context.ts";
import { restOf, sharesOf } from "./shares.ts";

const head = { number: "P-1", date: "2026-04-10", currency: "USD", memo: "" };
const paid: BillPayment = {
  ...head,
  kind: "bill_payment",
  vendor: "55",
  totalMinor: 125050n,
  paidFrom: "101",
  applied: [{ kind: "bill", providerId: "7788", amountMinor: 125050n }],
};
const received: CustomerPayment = {
  ...head,
  kind: "customer_payment",
  customer: "301",
  totalMinor: 180000n,
  depositTo: "101",
  applied: [{ kind: "invoice", providerId: "9001", amountMinor: 180000n }],
};
const wire = (movement: Parameters<typeof toMovementEntry>[0]) => {
  const { body, ...entry } = toMovementEntry(movement, "k1", context);
  return { ...entry, body: JSON.parse(JSON.stringify(body)) as Record<string, unknown> };
};

test("one bill is paid by a transform of it: `entity`, and no amount of its own", () => {
  const { path, type, body } = wire(paid);
  expect([path, type]).toEqual(["vendorBill/7788/!transform/vendorPayment", "vendorPayment"]);
  expect(body).toMatchObject({
    externalId: "LL-VP-k1",
    entity: { id: "55" },
    account: { id: "101" },
    tranDate: "2026-04-10",
    apply: { items: [{ doc: { id: "7788" }, apply: true, amount: 1250.5 }] },
  });
  expect(body).not.toHaveProperty("payment");
});

test("one invoice is paid by a transform of it: `customer` and `payment`", () => {
  const { path, body } = wire(received);
  expect(path).toBe("invoice/9001/!transform/customerPayment");
  expect(body).toMatchObject({
    customer: { id: "301" },
    payment: 1800,
    account: { id: "101" },
    apply: { items: [{ doc: { id: "9001" }, apply: true, amount: 1800 }] },
  });
  expect(body).not.toHaveProperty("entity");
});

test("several documents are paid by a payment with its list; money without an account waits in undeposited funds", () => {
  const applied = ["1", "2"].map((providerId) => ({ kind: "invoice", providerId, amountMinor: 90000n }) as const);
  const { depositTo: _none, ...undeposited } = received;
  expect(wire({ ...undeposited, applied })).toMatchObject({ path: "customerPayment", body: { undepFunds: { id: "T" } } });
});

test("credits are used up on their own records, and the money pays the rest", () => {
  const applied = [
    { kind: "bill", providerId: "1", amountMinor: 100n },
    { kind: "bill", providerId: "2", amountMinor: 100n },
    { kind: "vendor_credit", providerId: "3", amountMinor: 120n },
  ] as const;
  expect(sharesOf(applied).map(({ debt, amountMinor }) => [debt.providerId, amountMinor])).toEqual([
    ["2", 100n],
    ["1", 20n],
  ]);
  expect(restOf(applied)).toEqual([{ kind: "bill", providerId: "1", amountMinor: 80n }]);
  expect(wire({ ...paid, totalMinor: 80n, applied })).toMatchObject({
    path: "vendorBill/1/!transform/vendorPayment",
    body: { apply: { items: [{ amount: 0.8 }] } },
  });
});

test("what does not add up is refused", () => {
  expect(() => wire({ ...paid, totalMinor: 125049n })).toThrow(/settles more than it holds/);
  expect(() => wire({ ...paid, totalMinor: 125051n })).toThrow(/no advance on a vendor payment/);
  expect(() => wire({ ...paid, applied: [], totalMinor: 5n })).toThrow(/advance|names no bill/);
  expect(() => wire({ ...paid, paidFrom: "612" })).toThrow(/bank or a credit card/);
  expect(() => wire({ ...received, totalMinor: 0n, applied: [] })).toThrow(/neither money/);
  expect(() => wire({ ...received, applied: [{ kind: "bill", providerId: "1", amountMinor: 1n }] })).toThrow(/cannot settle/);
});

test("a fee kept back from a deposit is cash back, positive; a transfer is a journal", () => {
  const deposit = wire({
    ...head,
    kind: "deposit",
    into: "101",
    payments: [{ providerId: "77", amountMinor: 180000n }],
    lines: [{ account: "612", amountMinor: -1250n, description: "Factoring fee" }],
  });
  expect(deposit.body).toMatchObject({
    account: { id: "101" },
    payment: { items: [{ id: "77", deposit: true }] },
    cashBack: { items: [{ account: { id: "612" }, amount: 12.5, memo: "Factoring fee" }] },
  });
  const transfer = wire({ ...head, kind: "transfer", from: "101", into: "102", totalMinor: 500n });
  expect(transfer).toMatchObject({
    type: "journalEntry",
    externalId: "LL-TR-k1",
    body: {
      line: {
        items: [
          { account: { id: "102" }, debit: 5 },
          { account: { id: "101" }, credit: 5 },
        ],
      },
    },
  });
});
