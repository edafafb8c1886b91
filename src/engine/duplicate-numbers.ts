import type { DocumentKind, LedgerDocument } from "../core/document.ts";
import type { Finding } from "../core/finding.ts";
import type { TakenNumber } from "../store/documents.ts";

/** Numbers that documents of other events have in these books already. `taken` by `kind/number`. */
export function duplicateNumbers(
  taken: ReadonlyMap<string, readonly TakenNumber[]>,
  {
    stored,
    documents,
  }: {
    readonly stored: { readonly type: string; readonly id: string };
    readonly documents: readonly LedgerDocument[];
  },
): Finding[] {
  return documents.flatMap(({ kind, number, party }): Finding[] => {
    const other = (taken.get(`${kind}/${number}`) ?? []).find(
      (row) => (row.type !== stored.type || row.id !== stored.id) && (!payable.has(kind) || row.partyId === (party?.id ?? null)),
    );
    if (other === undefined) return [];
    return [
      {
        code: "number_duplicate",
        severity: "block",
        field: "/number",
        message: `${label(kind)} ${number}${party === undefined ? "" : ` of ${party.name}`} was already made from ${other.type} ${other.id}`,
        fix: "If it is the same document, exclude this event; otherwise correct its number in the TMS and send it as a new revision",
        cause: `number_duplicate:${kind}:${number}`,
      },
    ];
  });
}

/** Numbers of these are the payee's own: two payees may use the same one. */
const payable: ReadonlySet<DocumentKind> = new Set(["bill", "vendor_credit"]);

function label(kind: DocumentKind): string {
  const text = kind.replaceAll("_", " ");
  return text[0]!.toUpperCase() + text.slice(1);
}
