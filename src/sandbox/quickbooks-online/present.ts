import { accountBalance, partyBalance } from "../ledger.ts";
import { objectOf, type JsonObject } from "../json.ts";
import { toAmount } from "../amount.ts";
import { temporaryUrl } from "./file-links.ts";
import { homeCurrency } from "./currency.ts";
import type { Company } from "./company.ts";
import type { Stored } from "./records.ts";
import type { Storage } from "../storage.ts";
import { pacificTime } from "./time.ts";

/** A record as a read shows it: identity, times and live balances around its body. */
export function present(place: { company: Company; storage: Storage; origin?: string; atMs?: number }, stored: Stored): JsonObject {
  const { company, storage } = place;
  // Rates are kept by currency and day, and have no id of their own.
  if (stored.entity === "ExchangeRate") {
    const MetaData = { LastUpdatedTime: pacificTime(stored.updatedMs) };
    return { ...stored.body, domain: "QBO", sparse: false, SyncToken: String(stored.sync), MetaData };
  }
  return {
    ...stored.body,
    ...liveBalances(company, storage, stored),
    ...fileLink(place, stored),
    domain: "QBO",
    sparse: false,
    Id: stored.id,
    SyncToken: String(stored.sync),
    MetaData: { CreateTime: pacificTime(stored.createdMs), LastUpdatedTime: pacificTime(stored.updatedMs) },
  };
}

/** A stored file comes with an address that serves it for some minutes. */
function fileLink({ company, origin, atMs }: { company: Company; origin?: string; atMs?: number }, { body, id }: Stored): JsonObject {
  if (body["FileAccessUri"] === undefined || origin === undefined || atMs === undefined) return {};
  return { TempDownloadUri: temporaryUrl({ company, origin, atMs }, id) };
}

const creditNormal = new Set(["Liability", "Equity", "Revenue"]);

function liveBalances(company: Company, storage: Storage, { entity, id, body }: Stored): JsonObject {
  if (entity !== "Account" && entity !== "Vendor" && entity !== "Customer") return {};
  const { value: currency = homeCurrency } = objectOf(body["CurrencyRef"]);
  const isForeign = currency !== homeCurrency;
  const own = (at: string) =>
    entity === "Account" && !isForeign
      ? accountBalance(storage, company.key, at)
      : partyBalance(storage, company.key, { type: entity, id: at, foreign: isForeign });
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
