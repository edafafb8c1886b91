import type { ConnectionSettings } from "../connector.ts";

/** How NetSuite is signed in to. */
export type SignInMethod = "certificate" | "consent" | "token";

/** As it stands in a host name: `1234567_SB1` → `1234567-sb1`. */
export function hostForm(account: string): string {
  return account.trim().toLowerCase().replaceAll("_", "-");
}

/** As it stands in a realm: `1234567-sb1` → `1234567_SB1`. */
export function realmForm(account: string): string {
  return account.trim().toUpperCase().replaceAll("-", "_");
}

/** Each account has hosts of its own: `{account}` in an address stands for it. */
export function addressOf(address: string, account: string): string {
  return address.replaceAll("{account}", hostForm(account)).replace(/\/+$/, "");
}

/** How these books are signed in to; a certificate where nothing is said. */
export function methodOf({ options }: Pick<ConnectionSettings, "options">): SignInMethod {
  const named = options?.["signIn"];
  return named === "consent" || named === "token" ? named : "certificate";
}
