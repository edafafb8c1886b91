import type { AccountingProvider } from "./connector.ts";
import { netSuite } from "./netsuite/connector.ts";
import { quickBooksOnline } from "./quickbooks-online/connector.ts";

/** Every accounting system we post to. */
export const accountingProviders: readonly AccountingProvider[] = [quickBooksOnline, netSuite];
