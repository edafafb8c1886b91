// The doors between the rooms: a room imports itself and what stands in its row. app.ts, main.ts and cli/ may import all.
const rooms = {
  core: [],
  net: ["core"],
  connectors: ["core", "net"],
  sandbox: ["core"],
  demo: ["core"],
  store: ["core"],
  audit: ["core", "store"],
  webhooks: ["core", "net", "store"],
  engine: ["core", "connectors", "store", "audit", "webhooks"],
  gateway: ["core", "store", "audit", "engine"],
};
const inside = (...names) => names.map((name) => `^src/${name}/`);
const test = "[.]test[.]ts$";
const ban = (name, from, to) => ({ name, severity: "error", from, to });
const looksDown = ([room, row]) =>
  ban(`${room}-looks-down`, { path: inside(room), pathNot: test }, { path: "^(src|console)/", pathNot: inside(room, ...row) });
const face = "^src/connectors/(accounting|tms)/connector[.]ts$";
const page = "^src/gateway/pages/"; // Runs in the browser, which finds its modules by their address.
const known = Object.keys(rooms).join("|");

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(looksDown),
    // A new room gets its row above before anything may stand in it.
    ban("rooms-are-listed", {}, { path: "^src/[^/]+/", pathNot: `^src/(${known}|cli)/` }),
    ban("rooms-are-listed", { path: "^src/[^/]+/", pathNot: `^src/(${known}|cli)/` }, {}),
    // No package but the CEL library, nothing of node:. Core runs in a browser too.
    ban("core-is-pure", { path: "^src/core/", pathNot: test }, { pathNot: "^src/core/|node_modules/@marcbachmann/cel-js/" }),
    ban(
      "adapters-are-islands",
      { path: "^src/connectors/(accounting|tms)/([^/]+)/", pathNot: test },
      {
        path: "^src/connectors/[^/]+/[^/]+/",
        pathNot: "^src/connectors/$1/$2/",
      },
    ),
    ban("engine-sees-interfaces", { path: "^src/engine/", pathNot: test }, { path: "^src/connectors/", pathNot: face }),
    ban("console-sees-contract", { path: "^console/" }, { path: "^src/", pathNot: "^src/(core/|gateway/schemas[.]ts$)" }),
    ban("no-cycles", {}, { circular: true }),
    ban("no-unresolvable", { pathNot: page }, { couldNotResolve: true }),
    ban("no-orphans", { orphan: true, pathNot: [test, page, "^src/cli/main[.]ts$", "^(tests|bench)/"] }, {}),
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
