import { intacctDemo } from "./demo-books-intacct.ts";
import { netSuiteDemo } from "./demo-books-netsuite.ts";
import { quickBooksDemo } from "./demo-books-quickbooks.ts";
import type { DemoBooks, DemoSystem } from "./demo-company.ts";

export const demoBooks: Readonly<Record<DemoSystem, DemoBooks>> = {
  "quickbooks-online": quickBooksDemo,
  "sage-intacct": intacctDemo,
  netsuite: netSuiteDemo,
};
