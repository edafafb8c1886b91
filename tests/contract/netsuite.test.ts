import { accountingContract } from "./accounting.ts";
import { company, start, stop, system } from "./netsuite-world.ts";

accountingContract(system, { start, company: () => company(), stop });

/** What Oracle documents twice or not at all, each the harder way round; other settings of an administrator too. */
const switches = {
  idempotencyStatus: 400,
  upsertStatus: 201,
  invalidValueCode: "INVALID_CONTENT",
  duplicateTransactionText: "duplicate record",
  nameCase: "lower",
  previousLink: "prev",
  journalMainLine: "none",
  statusForm: "compound",
  transactionSubsidiary: false,
  transactionTotal: false,
  accountName: false,
  vendorSubsidiary: false,
  budgetTable: "budget",
  queryParams: false,
};
const preferences = { dateFormat: "D/M/YYYY", multiBook: true };
accountingContract(`${system}, at its most awkward,`, { start, company: () => company({ switches, preferences }), stop });
