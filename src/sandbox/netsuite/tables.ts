/**
 * Everything the NetSuite emulator keeps. `company` is our own number for one life of an account: a reset starts a new one.
 * Instants that SuiteQL can see are texts in the account's own time, marked so that no text of a client can look like one
 * (see sql-dates.ts); amounts are cents.
 */
export const netSuiteTables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS ns_companies (key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, name TEXT NOT NULL, active INTEGER NOT NULL,
     template TEXT NOT NULL, options TEXT NOT NULL, preferences TEXT NOT NULL, switches TEXT NOT NULL, credentials TEXT NOT NULL, created INTEGER NOT NULL)`,
  "CREATE UNIQUE INDEX IF NOT EXISTS ns_companies_by_id ON ns_companies (id) WHERE active = 1",
  // `space` is where ids and external ids are unique: all transactions, all entities, all items, and each list on its own.
  `CREATE TABLE IF NOT EXISTS ns_records (company INTEGER NOT NULL, space TEXT NOT NULL, id INTEGER NOT NULL, type TEXT NOT NULL,
     external TEXT COLLATE NOCASE, name TEXT, number TEXT, kind TEXT, inactive INTEGER NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL,
     created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (company, space, id)) WITHOUT ROWID`,
  "CREATE UNIQUE INDEX IF NOT EXISTS ns_records_by_external ON ns_records (company, space, external) WHERE external IS NOT NULL",
  "CREATE INDEX IF NOT EXISTS ns_records_by_name ON ns_records (company, space, name COLLATE NOCASE) WHERE name IS NOT NULL",
  "CREATE INDEX IF NOT EXISTS ns_records_by_type ON ns_records (company, type, id)",
  `CREATE TABLE IF NOT EXISTS ns_transactions (company INTEGER NOT NULL, id INTEGER NOT NULL, type TEXT NOT NULL, recordtype TEXT NOT NULL, number TEXT,
     tranid TEXT, trandate TEXT NOT NULL, duedate TEXT, closedate TEXT, period INTEGER, entity INTEGER, subsidiary INTEGER, currency INTEGER, rate TEXT NOT NULL, minor INTEGER NOT NULL,
     base_minor INTEGER NOT NULL, status TEXT NOT NULL, approval INTEGER, posting INTEGER NOT NULL, memo TEXT, external TEXT, otherref TEXT, created TEXT NOT NULL,
     updated TEXT NOT NULL, reversal INTEGER, reversal_date TEXT, is_reversal INTEGER NOT NULL DEFAULT 0, custom TEXT NOT NULL, PRIMARY KEY (company, id)) WITHOUT ROWID`,
  "CREATE INDEX IF NOT EXISTS ns_transactions_by_change ON ns_transactions (company, updated, id)",
  "CREATE INDEX IF NOT EXISTS ns_transactions_by_external ON ns_transactions (company, external) WHERE external IS NOT NULL",
  "CREATE INDEX IF NOT EXISTS ns_transactions_by_entity ON ns_transactions (company, entity, type)",
  "CREATE INDEX IF NOT EXISTS ns_transactions_by_number ON ns_transactions (company, type, tranid) WHERE tranid IS NOT NULL",
  "CREATE INDEX IF NOT EXISTS ns_transactions_by_period ON ns_transactions (company, period)",
  // `minor` is in the currency of the transaction and signed as in the ledger, `base_minor` in that of the subsidiary.
  `CREATE TABLE IF NOT EXISTS ns_lines (company INTEGER NOT NULL, trans INTEGER NOT NULL, id INTEGER NOT NULL, sequence INTEGER NOT NULL, is_main INTEGER NOT NULL,
     account INTEGER, minor INTEGER NOT NULL, base_minor INTEGER NOT NULL, entity INTEGER, department INTEGER, class INTEGER, location INTEGER, subsidiary INTEGER, item INTEGER,
     quantity TEXT, rate TEXT, memo TEXT, posting INTEGER NOT NULL, updated TEXT NOT NULL, eliminate INTEGER NOT NULL DEFAULT 0, billable INTEGER NOT NULL DEFAULT 0,
     custom TEXT NOT NULL, PRIMARY KEY (company, trans, id)) WITHOUT ROWID`,
  "CREATE INDEX IF NOT EXISTS ns_lines_by_account ON ns_lines (company, account)",
  "CREATE INDEX IF NOT EXISTS ns_lines_by_change ON ns_lines (company, updated, trans)",
  // A payment or credit (next) that takes so much of an earlier document (previous); cents of the transaction's currency.
  `CREATE TABLE IF NOT EXISTS ns_links (company INTEGER NOT NULL, previous INTEGER NOT NULL, next INTEGER NOT NULL, minor INTEGER NOT NULL, type TEXT NOT NULL,
     PRIMARY KEY (company, previous, next, type)) WITHOUT ROWID`,
  "CREATE INDEX IF NOT EXISTS ns_links_by_next ON ns_links (company, next)",
  `CREATE TABLE IF NOT EXISTS ns_deleted (company INTEGER NOT NULL, sequence INTEGER PRIMARY KEY AUTOINCREMENT, record INTEGER NOT NULL, name TEXT, type TEXT NOT NULL,
     external TEXT, at TEXT NOT NULL, by INTEGER NOT NULL)`,
  "CREATE INDEX IF NOT EXISTS ns_deleted_by_time ON ns_deleted (company, at)",
  `CREATE TABLE IF NOT EXISTS ns_notes (company INTEGER NOT NULL, sequence INTEGER PRIMARY KEY AUTOINCREMENT, record INTEGER NOT NULL, record_type INTEGER NOT NULL, field TEXT NOT NULL,
     kind INTEGER NOT NULL, old TEXT, new TEXT, at TEXT NOT NULL)`,
  "CREATE INDEX IF NOT EXISTS ns_notes_by_record ON ns_notes (company, record)",
  `CREATE TABLE IF NOT EXISTS ns_rates (company INTEGER NOT NULL, base INTEGER NOT NULL, currency INTEGER NOT NULL, day TEXT NOT NULL, rate TEXT NOT NULL,
     PRIMARY KEY (company, base, currency, day)) WITHOUT ROWID`,
  "CREATE TABLE IF NOT EXISTS ns_counters (company INTEGER NOT NULL, name TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (company, name)) WITHOUT ROWID",
  `CREATE TABLE IF NOT EXISTS ns_jobs (company INTEGER NOT NULL, id INTEGER NOT NULL, key TEXT, polls INTEGER NOT NULL, method TEXT NOT NULL, at INTEGER NOT NULL,
     PRIMARY KEY (company, id)) WITHOUT ROWID`,
  "CREATE UNIQUE INDEX IF NOT EXISTS ns_jobs_by_key ON ns_jobs (company, key) WHERE key IS NOT NULL",
  `CREATE TABLE IF NOT EXISTS ns_tasks (company INTEGER NOT NULL, job INTEGER NOT NULL, id INTEGER NOT NULL, status INTEGER NOT NULL, headers TEXT NOT NULL, body TEXT NOT NULL,
     started INTEGER NOT NULL, PRIMARY KEY (company, job, id)) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS ns_access (token TEXT PRIMARY KEY, account TEXT NOT NULL, grant_id INTEGER, scopes TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS ns_grants (id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, refresh TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL, is_public INTEGER NOT NULL,
     expires INTEGER NOT NULL, revoked INTEGER NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS ns_codes (code TEXT PRIMARY KEY, account TEXT NOT NULL, redirect TEXT NOT NULL, scopes TEXT NOT NULL, challenge TEXT,
     expires INTEGER NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID`,
  "CREATE TABLE IF NOT EXISTS ns_nonces (token TEXT NOT NULL, nonce TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (token, nonce)) WITHOUT ROWID",
];

/** Tables whose rows end with a life of the account. */
export const accountTables =
  "ns_records ns_transactions ns_lines ns_links ns_deleted ns_notes ns_rates ns_counters ns_jobs ns_tasks account_balances party_balances".split(
    " ",
  );
