import { describe, expect, test } from "vitest";
import { hostForm, realmForm } from "./account.ts";
import { tokenBasedHeader } from "./token-based.ts";

/* Oracle's public sample, "The Authorization Headers". */
const keys = {
  realm: "123456",
  consumerKey: "ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4",
  consumerSecret: "d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5",
  tokenId: "2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc",
  tokenSecret: "c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295",
};
const once = { nonce: "fjaLirsIcCGVZWzBX0pg", timestamp: 1508242306 };
const base = "https://123456.suitetalk.api.netsuite.com/services/rest";

function signatureOf(method: string, address: string): string {
  const header = tokenBasedHeader(keys, { method, url: new URL(address), ...once });
  return decodeURIComponent(/oauth_signature="([^"]+)"/.exec(header)?.[1] ?? "");
}

describe("token-based authentication", () => {
  test("signs the published sample", () => {
    expect(signatureOf("GET", `${base}/record/v1/employee/40`)).toBe("B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY=");
  });

  test("the parameters of the address are signed too", () => {
    expect(signatureOf("POST", `${base}/query/v1/suiteql?limit=10&offset=0`)).toBe("hxjABHU9/fx9suvhTNYoRa6DBLAY6w721nAek71w1GM=");
  });

  test("the realm stands in front and is not signed", () => {
    const request = { method: "GET", url: new URL(`${base}/record/v1/employee/40`), ...once };
    const sandbox = tokenBasedHeader({ ...keys, realm: realmForm("123456-sb1") }, request);
    expect(sandbox).toMatch(/^OAuth realm="123456_SB1", /);
    expect(sandbox.replace("_SB1", "")).toBe(tokenBasedHeader(keys, request));
  });
});

test("an account's id is told in either form", () => {
  expect([hostForm("1234567_SB1"), hostForm("TSTDRV1234567"), hostForm("1_2_3")]).toEqual(["1234567-sb1", "tstdrv1234567", "1-2-3"]);
  expect([realmForm("1234567-sb1"), realmForm("1234567_SB1")]).toEqual(["1234567_SB1", "1234567_SB1"]);
});
