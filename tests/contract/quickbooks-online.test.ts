import { accountingContract } from "./accounting.ts";
import { company, start, stop, system } from "./quickbooks-world.ts";

accountingContract(system, { start, company: () => company({}), stop });

/** What Intuit does not document, each the harder way round. */
const awkward = {
  batchOrder: "reversed",
  unauthorizedFormat: "xml",
  requestIdKeepsFailures: true,
  inactiveReferenceCode: "610",
  closedPeriodCode: "6200",
  refreshTokenRotation: "always",
  previousRefreshTokenHours: 0,
  requestIdConflict: "600",
  faultStatus: "200",
  paidLine: "drop",
  cardPaymentLink: "BillPaymentCreditCard",
  paymentLineExtras: true,
  linkedDeleteCode: "6480",
  timePrecision: "seconds",
};
accountingContract(`${system}, at its most awkward,`, { start, company: () => company(awkward), stop });
