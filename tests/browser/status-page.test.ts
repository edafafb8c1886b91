import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTenant, type Stage, startStage, type Tenant } from "../setup/gateway.ts";
import { seedEvent, unmapped } from "../setup/seeded.ts";

let stage: Stage;
let carrier: Tenant;
let browser: Browser;

beforeAll(async () => {
  stage = await startStage();
  carrier = await createTenant(stage.database, "Ironwood Freight Lines");
  await seedEvent(stage, carrier, { state: "posted", posting: "posted", over: { number: "F-1001" } });
  await seedEvent(stage, carrier, { state: "prepared", posting: "uncertain" });
  await seedEvent(stage, carrier, { state: "review", findings: [unmapped("DEF")] });
  const quiet = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium", args: ["--no-sandbox", ...quiet] });
});
afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

/** A page whose scripts must not fail and must load nothing from elsewhere. */
async function open(options: Parameters<Browser["newContext"]>[0] = {}, url = stage.url): Promise<{ page: Page; trouble: string[] }> {
  const page = await (await browser.newContext(options)).newPage();
  const trouble: string[] = [];
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on(
    "console",
    (message) => void (message.type() === "error" && message.text().includes("Content Security Policy") && trouble.push(message.text())),
  );
  page.on("request", (request) => void (request.url().startsWith(url) || trouble.push(request.url())));
  return { page, trouble };
}

async function signIn(page: Page, password = carrier.password, url = stage.url): Promise<void> {
  await page.goto(`${url}/`);
  await page.getByLabel("E-mail").fill(carrier.email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

const tile = (page: Page, stageName: string) => page.locator(`[data-stage="${stageName}"]`);

test("a controller signs in, sees that it adds up, and puts a cause back to work", async () => {
  const { page, trouble } = await open();
  await signIn(page, "wrong");
  await page.getByRole("alert").getByText("E-mail or password is wrong.").waitFor();
  await signIn(page);
  await page.getByText("It adds up.").waitFor();
  expect(await page.title()).toBe("Ledgerlane");
  expect(await tile(page, "posted").innerText()).toContain("$413.34");
  expect(await tile(page, "uncertain").innerText()).toMatch(/Being confirmed\s+1/);
  expect(await page.locator("#proof").innerText()).toContain("= 3 accepted, $1,240.02.");
  expect(await page.getByRole("link", { name: "F-1001" }).getAttribute("href")).toContain("txnId=145");
  await page.getByText('No rule gives an account to the code "DEF"').waitFor();

  await page.getByRole("button", { name: /^Retry: No rule/ }).click();
  await page.getByText("1 item back in line").waitFor();
  await page.getByText("Nothing waits for you.").waitFor();
  expect(await tile(page, "received").innerText()).toMatch(/Received\s+1/);
  expect(await page.locator("#progress").isVisible()).toBe(true);

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  expect(trouble).toEqual([]);
});

test("what changes elsewhere is shown within moments", async () => {
  const { page } = await open();
  await signIn(page);
  await tile(page, "posted").waitFor();
  const before = Number(await tile(page, "received").locator(".count").innerText());
  await seedEvent(stage, carrier, { state: "received" });
  await tile(page, "received")
    .getByText(String(before + 1), { exact: true })
    .waitFor({ timeout: 10_000 });
});

test("a phone shows it without scrolling sideways", async () => {
  const { page } = await open({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  await signIn(page);
  await tile(page, "posted").waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).toBe(0);
});

test("a server that went away is said plainly, and the last figures stay", async () => {
  const own = await stage.open({});
  const { page } = await open({}, own.url);
  await signIn(page, carrier.password, own.url);
  await tile(page, "posted").waitFor();
  await own.close();
  await page.getByText("The server does not answer.").waitFor({ timeout: 10_000 });
  expect(await tile(page, "posted").isVisible()).toBe(true);
  expect(await page.locator("#freshness").innerText()).toContain("As of");
});

test("an organization without events is told how to begin", async () => {
  const fresh = await createTenant(stage.database, "New carrier");
  const { page } = await open();
  await page.goto(`${stage.url}/`);
  await page.getByLabel("E-mail").fill(fresh.email);
  await page.getByLabel("Password").fill(fresh.password);
  await page.keyboard.press("Enter");
  await page.getByText("Nothing was sent yet.").waitFor();
  await page.getByText("Nothing is in the books yet.").waitFor();
});

test("the docs page reads without scripts", async () => {
  const { page, trouble } = await open({ javaScriptEnabled: false });
  await page.goto(`${stage.url}/docs`);
  await page.getByRole("heading", { name: "Send events" }).waitFor();
  expect(trouble).toEqual([]);
});
