import { accountBalance, partyBalance } from "../ledger.ts";
import type { JsonObject } from "../json.ts";
import { toAmount } from "./amount.ts";
import type { Company } from "./company.ts";
import type { Stored } from "./records.ts";
import type { Storage } from "../storage.ts";
import { pacificTime } from "./time.ts";

/** A record as a read shows it: identity, times and live balances around its body. */
export function present({ company, storage }: { company: Company; storage: Storage }, stored: Stored): JsonObject {
  return {
    ...stored.body,
    ...liveBalances(company, storage, stored),
    domain: "QBO",
    sparse: false,
    Id: stored.id,
    SyncToken: String(stored.sync),
    MetaData: { CreateTime: pacificTime(stored.createdMs), LastUpdatedTime: pacificTime(stored.updatedMs) },
  };
}

const creditNormal = new Set(["Liability", "Equity", "Revenue"]);

function liveBalances(company: Company, storage: Storage, { entity, id, body }: Stored): JsonObject {
  if (entity !== "Account" && entity !== "Vendor" && entity !== "Customer") return {};
  const own = (at: string) =>
    entity === "Account" ? accountBalance(storage, company.key, at) : partyBalance(storage, company.key, { type: entity, id: at });
  const minor = own(id);
  if (entity === "Vendor") return { Balance: toAmount(-minor) };
  const sign = entity === "Account" && creditNormal.has(String(body["Classification"])) ? -1n : 1n;
  const below = descendants(company, storage, { entity, id }).reduce((sum, child) => sum + own(child), 0n);
  const amounts = { own: toAmount(minor * sign), all: toAmount((minor + below) * sign) };
  if (entity === "Account") return { CurrentBalance: amounts.own, CurrentBalanceWithSubAccounts: amounts.all };
  return { Balance: amounts.own, BalanceWithJobs: amounts.all };
}

function descendants(company: Company, storage: Storage, { entity, id }: { entity: string; id: string }): string[] {
  const rows = storage.all("SELECT id FROM qbo_records WHERE company = ? AND entity = ? AND parent = ?", company.key, entity, id);
  return rows.flatMap((row) => [String(row["id"]), ...descendants(company, storage, { entity, id: String(row["id"]) })]);
}
