import type { BudgetPolicy } from "../core/budgets.ts";
import type { ApprovalPolicy, Delegation } from "../store/approval-rights.ts";
import type { Actor } from "./actor.ts";
import { type ApprovalSelection, decideApprovals, type Decision, type DecisionResult } from "./approvals.ts";
import { delegateApprovals, endDelegation, setApprovalPolicy } from "./approvals-settings.ts";
import { askForBudgets, type BudgetImport, dropBudget, importBudget, setBudgetPolicy } from "./budgets-change.ts";
import type { EngineParts } from "./parts.ts";
import { askException, type ExceptionOrder, type PeriodOrder, setPeriod } from "./periods-set.ts";

/** Decisions about what waits for one, and who may make them. Nobody approves what he made. */
export interface Approvals {
  readonly decide: (actor: Actor, selection: ApprovalSelection, decision: Decision) => Promise<DecisionResult>;
  readonly setPolicy: (actor: Actor, policy: ApprovalPolicy) => Promise<void>;
  readonly delegate: (actor: Actor, order: { to: string; startsAt: Date | null; endsAt: Date }) => Promise<Delegation>;
  readonly endDelegation: (actor: Actor, delegationId: string) => Promise<Delegation>;
}

/** Budgets that are handed in, and what each does when it is used up. Faults: `file_malformed` with every line. */
export interface Budgets {
  readonly import: (actor: Actor, given: BudgetImport) => Promise<{ budgetId: string; lines: number }>;
  readonly setPolicy: (actor: Actor, budgetId: string, policy: BudgetPolicy) => Promise<void>;
  readonly drop: (actor: Actor, budgetId: string) => Promise<void>;
  readonly refresh: (actor: Actor, books: string | null) => Promise<void>;
}

/** Months that are closed and opened by hand, and exceptions from them that another person approves. */
export interface Periods {
  readonly set: (actor: Actor, order: PeriodOrder) => Promise<{ changed: number; released: number }>;
  readonly askException: (actor: Actor, order: ExceptionOrder) => Promise<{ approvalId: string }>;
}

/** What people set, close and decide. */
export interface Controls {
  readonly approvals: Approvals;
  readonly budgets: Budgets;
  readonly periods: Periods;
}

export function createControls(parts: EngineParts): Controls {
  return {
    approvals: {
      decide: (actor, selection, decision) => decideApprovals(parts, actor, selection, decision),
      setPolicy: (actor, policy) => setApprovalPolicy(parts, actor, policy),
      delegate: (actor, order) => delegateApprovals(parts, actor, order),
      endDelegation: (actor, delegationId) => endDelegation(parts, actor, delegationId),
    },
    budgets: {
      import: (actor, given) => importBudget(parts, actor, given),
      setPolicy: (actor, budgetId, policy) => setBudgetPolicy(parts, actor, budgetId, policy),
      drop: (actor, budgetId) => dropBudget(parts, actor, budgetId),
      refresh: (actor, books) => askForBudgets(parts, actor, books),
    },
    periods: {
      set: (actor, order) => setPeriod(parts, actor, order),
      askException: (actor, order) => askException(parts, actor, order),
    },
  };
}
