/** Words and figures as a controller reads them. Amounts arrive as decimal strings and stay exact: they are never numbers here. */

const kinds = {
  journal_entry: "Journal entry",
  bill: "Bill",
  vendor_credit: "Vendor credit",
  expense: "Expense",
  invoice: "Invoice",
  credit_memo: "Credit memo",
  vendor: "Vendor",
  customer: "Customer",
};

export const kindName = (kind) => kinds[kind] ?? kind;

export const typeName = (type) => {
  const words = type.replaceAll("_", " ");
  return words[0].toUpperCase() + words.slice(1);
};

/** `-12345.60` → `-12,345.60` */
export const amount = (text) => text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ",");

/** `$12,345.60` for dollars alone, otherwise with the currency's code. */
export const money = ({ currency, amount: text }) => {
  if (currency === "USD") return text.startsWith("-") ? `−$${amount(text.slice(1))}` : `$${amount(text)}`;
  return `${amount(text)} ${currency}`;
};

export const moneys = (list) => (list.length === 0 ? "$0.00" : list.map(money).join(" · "));

export const count = (value) => value.toLocaleString("en-US");

/** `1 event`, `2 events` */
export const many = (value, word) => `${count(value)} ${word}${value === 1 ? "" : "s"}`;

export const day = (text) => {
  if (text === null) return "";
  const [year, month, date] = text.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date)).toLocaleDateString(undefined, {
    year: "numeric",
    month: "short",
    day: "numeric",
    timeZone: "UTC",
  });
};

export const clock = (instant) =>
  new Date(instant).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const ago = (instant) => {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(instant)) / 1000));
  if (seconds < 90) return seconds < 5 ? "just now" : `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
};

/** An element: `element("p", { class: "quiet" }, "text", child)`. Text is only ever text. */
export const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
};
