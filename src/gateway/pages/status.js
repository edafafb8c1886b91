import { ago, clock, count, day, element, kindName, many, money, moneys, typeName } from "/assets/format.js";

const every = 2_000;
const main = document.getElementById("main");
const at = (id) => document.getElementById(id);
const mayRetry = main.dataset.mayRetry === "true";

/** What each state means to the person who closes the month. `always` shows it when it is empty too. */
const stages = {
  received: { name: "Received", about: "Stored safely, not looked at yet", tone: "go", always: true },
  ready: { name: "Ready to post", about: "Checked and balanced, waiting for its turn", tone: "go", always: true },
  sending: { name: "Posting", about: "On its way to the books", tone: "go", always: true },
  uncertain: { name: "Being confirmed", about: "Sent; we are looking in the books whether it arrived", tone: "wait", always: true },
  posted: { name: "Posted", about: "In the books, confirmed", tone: "good", always: true },
  review: { name: "In review", about: "Needs a decision, see below", tone: "bad", always: true },
  held: { name: "On hold", about: "Waits until a person releases it", tone: "wait" },
  excluded: { name: "Not for the books", about: "Left out by a rule, on purpose", tone: "" },
  superseded: { name: "Replaced", about: "A newer revision took its place", tone: "" },
  voided: { name: "Voided", about: "Cancelled by the TMS and reversed in the books", tone: "" },
};

/** Puts new children in only when they differ, so that focus and selection stay where they are. */
const shown = new Map();
function put(id, key, make) {
  const text = JSON.stringify(key);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  at(id).replaceChildren(...make(key));
}

function showTiles(status) {
  const seen = status.stages.filter(({ stage, count: number }) => stages[stage]?.always || number > 0);
  put(
    "tiles",
    seen.filter(({ stage }) => stages[stage]?.always),
    (tiles) => tiles.map(tile),
  );
  put(
    "aside",
    seen.filter(({ stage }) => !stages[stage]?.always),
    (tiles) => tiles.map(tile),
  );
  at("tiles").setAttribute("aria-busy", "false");
}

function tile({ stage, count: number, money: sums }) {
  const { name, about, tone } = stages[stage] ?? { name: stage, about: "", tone: "" };
  return element(
    "li",
    { class: `tile ${number === 0 ? "none" : tone}`, "data-stage": stage },
    element("span", { class: "name" }, name),
    element("span", { class: "count" }, count(number)),
    element("span", { class: "money" }, moneys(sums)),
    element("span", { class: "about" }, about),
  );
}

function showProof({ accepted, addsUp, stages: counted }) {
  put("proof", [accepted, addsUp, counted], () => {
    if (accepted.count === 0)
      return ["Nothing was sent yet. Send events to /v1/events, or a file with: npx ledgerlane import FILE --source tms"];
    const parts = counted
      .filter(({ count: number }) => number > 0)
      .map(({ stage, count: number }) => `${count(number)} ${(stages[stage]?.name ?? stage).toLowerCase()}`);
    const sum = `${parts.join(" + ")} = ${count(accepted.count)} accepted, ${moneys(accepted.money)}.`;
    return addsUp ? [element("b", {}, "It adds up. "), sum] : [element("b", {}, "It does not add up. "), `${sum} Tell your administrator.`];
  });
  at("proof").classList.toggle("bad", !addsUp);
}

function showProgress({ accepted, stages: counted }) {
  const open = counted
    .filter(({ stage }) => ["received", "ready", "sending", "uncertain"].includes(stage))
    .reduce((sum, { count: number }) => sum + number, 0);
  const done = accepted.count - open;
  at("progress").hidden = open === 0;
  if (open === 0) return;
  const bar = at("progress").querySelector(".bar");
  bar.setAttribute("aria-valuemax", accepted.count);
  bar.setAttribute("aria-valuenow", done);
  bar.firstElementChild.style.width = `${(100 * done) / accepted.count}%`;
  at("progress-text").textContent = `Working: ${count(done)} of ${count(accepted.count)} events are settled, ${count(open)} to go.`;
}

function showBooks({ books }) {
  const stopped = books.filter(({ state, pausedUntil }) => state !== "connected" || pausedUntil !== null);
  put("books", stopped, () =>
    stopped.map((one) => {
      const words = {
        reconnect: "must be connected again. Nothing is lost: everything waits until then.",
        paused: "is paused. Everything waits until it is resumed.",
        connected: `rests until ${one.pausedUntil === null ? "" : clock(one.pausedUntil)}, then goes on by itself.`,
      };
      const reason = one.reason === null ? "" : ` ${one.reason}`;
      return element("p", { class: "notice wait" }, element("b", {}, one.name), ` ${words[one.state]}${reason}`);
    }),
  );
}

const openCauses = 5;

function showReview({ review, reviewCauses }) {
  put("review", [review, reviewCauses], () => {
    if (review.length === 0) return [element("p", { class: "empty" }, "Nothing waits for you.")];
    const first = review.slice(0, openCauses).map(causeCard);
    const rest = review.slice(openCauses).map(causeCard);
    const unseen = reviewCauses - review.length;
    const tail =
      unseen > 0 ? element("p", { class: "quiet" }, `${many(unseen, "smaller cause")} more: ledgerlane review lists them all.`) : null;
    if (rest.length === 0) return first;
    return [...first, element("details", {}, element("summary", {}, `${many(reviewCauses - first.length, "more cause")}`), ...rest, tail)];
  });
}

function causeCard(cause) {
  const button = mayRetry ? element("button", { class: "plain", type: "button", "data-cause": cause.cause }, "Retry") : null;
  button?.setAttribute("aria-label", `Retry: ${cause.message}`);
  const kinds = Map.groupBy(cause.samples.slice(0, 3), ({ type }) => type);
  const samples = [...kinds].map(([type, of]) => `${typeName(type)} ${of.map(({ number, id }) => number ?? id).join(", ")}`).join(", ");
  const more = samples !== "" && cause.events > 3 ? " …" : "";
  return element(
    "article",
    { class: `cause ${cause.severity}` },
    element("h3", {}, cause.message),
    element("p", { class: "fix" }, cause.fix),
    element("p", { class: "meta" }, `${samples}${more}${samples === "" ? "" : " · "}first seen ${ago(cause.oldestAt)}`),
    element(
      "div",
      { class: "sum" },
      element("b", {}, moneys(cause.money)),
      element("span", { class: "quiet" }, many(cause.events, "event")),
      button,
    ),
  );
}

function showNewest({ newestPostings }) {
  put("newest", newestPostings, () => {
    if (newestPostings.length === 0)
      return [element("p", { class: "empty" }, "Nothing is in the books yet. What gets there is listed here within moments.")];
    const rows = newestPostings.map(({ document: { kind, number, date, party, total, currency }, url, postedAt }) =>
      element(
        "tr",
        {},
        element(
          "th",
          { scope: "row" },
          url === null ? number : element("a", { href: url, rel: "noreferrer noopener", target: "_blank" }, number),
        ),
        element("td", { class: "number" }, money({ currency, amount: total })),
        element("td", { class: "second" }, kindName(kind)),
        element("td", { class: "away" }, party?.name ?? "—"),
        element("td", { class: "second nowrap" }, day(date)),
        element("td", { class: "away nowrap quiet" }, postedAt === null ? "" : clock(postedAt)),
      ),
    );
    return [table("stack", ["Number", "Amount", "Kind", "Party", "Date", "Posted at"], rows)];
  });
}

function showTypes({ types }) {
  put("types", types, () => {
    if (types.length === 0) return [element("p", { class: "empty" }, "No events yet.")];
    const of = (states, state) => states.find((row) => row.state === state)?.count ?? 0;
    const rows = types.map(({ type, count: number, money: sums, states }) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, typeName(type)),
        element("td", { class: "number" }, moneys(sums)),
        element("td", { class: "number second" }, count(number), element("span", { class: "unit" }, number === 1 ? " event" : " events")),
        element("td", { class: "number away" }, count(of(states, "posted"))),
        element("td", { class: "number away" }, count(of(states, "review") + of(states, "held"))),
      ),
    );
    return [table("stack", ["Type", "Amount", "Events", "Posted", "Needs you"], rows)];
  });
}

function table(className, heads, rows) {
  const numbers = new Set(["Amount", "Events", "Needs you"]);
  if (heads.includes("Type")) numbers.add("Posted");
  const head = element("tr", {}, ...heads.map((name) => element("th", { scope: "col", class: numbers.has(name) ? "number" : null }, name)));
  return element(
    "div",
    { class: `scroll ${className}`, tabindex: "0", role: "region", "aria-label": "Table" },
    element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)),
  );
}

function say(words) {
  const note = element("p", {}, words);
  at("said").replaceChildren(note);
  setTimeout(() => note.remove(), 6_000);
}

async function retry(button) {
  button.disabled = true;
  try {
    const response = await fetch("/v1/review/retry", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID?.() ?? String(Math.random()).slice(2) },
      body: JSON.stringify({ cause: button.dataset.cause }),
    });
    const answer = await response.json();
    say(
      response.ok
        ? `${many(answer.retried, "item")} back in line. What is still wrong will come back here.`
        : `${answer.detail} ${answer.fix ?? ""}`,
    );
  } catch {
    say("The server did not answer. Nothing was changed; try again.");
  }
  button.disabled = false;
  await refresh();
}

at("review").addEventListener("click", (event) => {
  const button = event.target.closest("button[data-cause]");
  if (button !== null) void retry(button);
});

let lastGood = null;

function trouble(words) {
  document.body.classList.toggle("stale", words !== null);
  at("trouble").hidden = words === null;
  if (words !== null && at("trouble").textContent !== words) at("trouble").textContent = words;
  at("freshness").textContent = words === null ? "Live" : lastGood === null ? "Not connected" : `As of ${clock(lastGood)}`;
}

async function refresh() {
  try {
    const response = await fetch("/v1/status", { headers: { accept: "application/json" }, signal: AbortSignal.timeout(15_000) });
    if (response.status === 401) return location.assign("/login");
    const status = await response.json();
    if (!response.ok) return trouble(`${status.detail ?? "The server could not answer"}. ${status.fix ?? ""}`);
    lastGood = status.at;
    at("organization").textContent = status.organization;
    showBooks(status);
    showProgress(status);
    showTiles(status);
    showProof(status);
    showReview(status);
    showNewest(status);
    showTypes(status);
    trouble(null);
  } catch {
    trouble("The server does not answer. This page keeps trying; the figures below are the last ones it had.");
  }
}

async function watch() {
  if (document.visibilityState === "visible") await refresh();
  setTimeout(() => void watch(), every);
}
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void refresh());
void watch();
