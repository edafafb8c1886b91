import type { AccountingProvider } from "./connector.ts";
import { netSuite } from "./netsuite/connector.ts";
import { quickBooksOnline } from "./quickbooks-online/connector.ts";
import { sageIntacct } from "./sage-intacct/connector.ts";

/** Every accounting system we post to. */
export const accountingProviders: readonly AccountingProvider[] = [quickBooksOnline, sageIntacct, netSuite];
