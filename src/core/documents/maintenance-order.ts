import type { Dims, MaintenanceOrder } from "../events.ts";
import { type Draft, draftLines } from "./draft.ts";

/** Work on one unit; the unit is put where rules and memos look for it when the TMS names it only as the asset. */
export function draftMaintenanceOrder(event: MaintenanceOrder): Draft {
  const field: keyof Dims | null = event.asset.kind === "tractor" ? "tractor" : event.asset.kind === "other" ? null : "trailer";
  const lines = draftLines(event, 1).map((drafted) => {
    if (field === null || drafted.line.dims?.[field] || event.dims[field]) return drafted;
    return { ...drafted, line: { ...drafted.line, dims: { ...drafted.line.dims, [field]: event.asset.unitNo } } };
  });
  return { lines, counterSuffix: "-C" };
}
