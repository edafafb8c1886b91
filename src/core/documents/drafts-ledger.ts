import type { EventOf } from "../events.ts";
import { type Draft, type DraftLine, draftLines, draftMinor, draftPart, minorOf } from "./draft.ts";

/**
 * A claim as it stands. The expected or agreed cost is reserved; what the insurer and the carrier bear is taken off again, the
 * carrier's part as a credit against its bills; what was agreed becomes a bill of whoever claims.
 */
export function draftClaim(event: EventOf<"claim">): Draft {
  const expected = event.settledAmount ? "settledAmount" : "reserve";
  const against = event.offsetAgainst === "none" ? undefined : event.offsetAmount;
  const isPaid = event.claimStatus === "paid" || event.claimStatus === "closed";
  return {
    lines: [
      draftPart(event, "reserve", { amount: event[expected], sense: 1, from: `/${expected}` }),
      draftPart(event, "insurerPaid", { amount: event.insurerPaid, sense: 1 }),
    ],
    counterSuffix: "-C",
    others: [
      { part: "offset", suffix: "-O", lines: [draftPart(event, "offset", { amount: against, sense: -1, from: "/offsetAmount" })] },
      {
        part: "payment",
        suffix: "-P",
        lines: [draftPart(event, "payment", { amount: isPaid ? event.settledAmount : undefined, sense: 1, from: "/settledAmount" })],
      },
    ],
  };
}

/** Revenue nobody has billed is a credit, cost nobody has billed a debit; the rules name the other side. */
export function draftAccrual(event: EventOf<"accrual">): Draft {
  return { lines: draftLines(event, event.accrualType === "unbilledRevenue" ? -1 : 1), counterSuffix: "-C" };
}

/** Two halves with one key: revenue and a receivable in one company, cost and a payable in the other. */
export function draftIntercompanyCharge(event: EventOf<"intercompany_charge">): Draft {
  const inEntity = (lines: DraftLine[], entity: string): DraftLine[] =>
    lines.map((drafted) => ({ ...drafted, line: { ...drafted.line, dims: { ...drafted.line.dims, entity } } }));
  return {
    lines: inEntity(draftLines(event, -1, "charge"), event.fromEntity),
    counterSuffix: "-C",
    others: [
      { part: "counterpart", suffix: "-B", entity: event.toEntity, lines: inEntity(draftLines(event, 1, "counterpart"), event.toEntity) },
    ],
  };
}

/** Tax by jurisdiction, and what lateness costs. */
export function draftTaxReturn(event: EventOf<"tax_return">): Draft {
  const late = (["interest", "penalty"] as const).map((part) => draftPart(event, part, { amount: event[part], sense: 1 }));
  return { lines: [...draftLines(event, 1), ...late], counterSuffix: "-C" };
}

/** Cost in and out; what a sale leaves over or under its book value is gain or loss. */
export function draftAssetEvent(event: EventOf<"asset_event">): Draft {
  const cost = draftPart(event, "amount", { amount: event.amount, sense: event.kind === "dispose" ? -1 : 1 });
  if (event.kind === "acquire") {
    return { lines: [cost, draftPart(event, "loanAmount", { amount: event.loanAmount, sense: -1 })], counterSuffix: "-C" };
  }
  if (event.kind !== "dispose") return { lines: [cost], counterSuffix: "-C" };
  const minor = (amount: string | undefined): bigint => minorOf(amount, event.currency);
  const loss = minor(event.amount) - minor(event.accumulated) - minor(event.proceeds);
  return {
    lines: [
      cost,
      draftPart(event, "accumulated", { amount: event.accumulated, sense: 1 }),
      draftMinor(event, "gainOrLoss", { minor: loss, sense: 1, from: "/proceeds" }),
    ],
    counterSuffix: "-C",
  };
}

/** Parts bought for stock, taken out for a unit, brought back, or counted anew. */
export function draftPartsMovement(event: EventOf<"parts_movement">): Draft {
  return { lines: draftLines(event, event.kind === "return" ? -1 : 1), counterSuffix: "-C" };
}
