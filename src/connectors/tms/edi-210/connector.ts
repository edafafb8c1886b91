import type { ReadOptions, ReadPart, TmsConnector } from "../connector.ts";
import { unreadable } from "../part.ts";
import { sortSegments } from "./freight-bill.ts";
import { readSegments, type Segment } from "./segments.ts";
import { translate } from "./translate.ts";

/** A parcel bill has ten thousand lines of a few segments each. */
const setSegmentsMax = 200_000;

/**
 * X12 210, motor carrier freight details and invoice: our own freight invoices (copies of what went to customers), or,
 * for a broker (`dims.role` is `broker`, or B3-11 is not our `dims.scac`), carriers' bills. Places are `segment 3`.
 *
 * A set whose envelope does not hold is left out, the others are taken.
 */
export const edi210Connector: TmsConnector = {
  format: "edi-210",
  title: "EDI X12 210: freight invoices",
  recognizes: (head) => /^\uFEFF?\s*ISA[^A-Za-z0-9\s]/.test(head),
  async *read(bytes, options) {
    const envelope: Envelope = { options, interchange: null, group: null, set: null };
    for await (const segment of readSegments(bytes)) yield* take(envelope, segment);
    yield* finish(envelope);
  },
};

interface Opened {
  readonly segment: Segment;
  readonly control: string;
}

interface Envelope {
  readonly options: ReadOptions;
  interchange: (Opened & { groups: number; isTest: boolean }) | null;
  group: (Opened & { sets: number }) | null;
  set: (Opened & { type: string; segments: Segment[]; count: number }) | null;
}

function* take(envelope: Envelope, segment: Segment): Generator<ReadPart> {
  switch (segment.id) {
    case "ISA":
      yield* finish(envelope);
      envelope.interchange = { segment, control: segment.at(13), groups: 0, isTest: segment.at(15).toUpperCase() === "T" };
      break;
    case "GS":
      yield* closeGroup(envelope, null);
      envelope.group = { segment, control: segment.at(6), sets: 0 };
      break;
    case "ST":
      yield* dropSet(envelope, "has no SE");
      envelope.set = { segment, control: segment.at(2), type: segment.at(1), segments: [], count: 1 };
      break;
    case "SE":
      yield* closeSet(envelope, segment);
      break;
    case "GE":
      yield* closeGroup(envelope, segment);
      break;
    case "IEA":
      yield* closeInterchange(envelope, segment);
      break;
    default:
      yield* takeInside(envelope, segment);
  }
}

function* takeInside({ set }: Envelope, segment: Segment): Generator<ReadPart> {
  if (set === null) {
    yield envelopeProblem(segment.number, {
      severity: "block",
      message: `Segment ${segment.number} (${segment.id || "unfinished"}) stands outside any set`,
      detail: "outside",
    });
    return;
  }
  if (segment.id === "") return; // The unfinished end of the file; the set has no SE, which says it.
  set.count += 1;
  if (set.count < setSegmentsMax) set.segments.push(segment);
}

/** Ends everything that is still open: at the end of the file, or where the next interchange begins. */
function* finish(envelope: Envelope): Generator<ReadPart> {
  yield* dropSet(envelope, "breaks off");
  if (envelope.interchange !== null) yield* closeInterchange(envelope, null);
}

function* dropSet(envelope: Envelope, why: string): Generator<ReadPart> {
  const { set } = envelope;
  envelope.set = null;
  if (set !== null) yield setProblem(set, why, "Ask the sender for the interchange again");
}

function* closeSet(envelope: Envelope, end: Segment): Generator<ReadPart> {
  const { set, group, interchange, options } = envelope;
  envelope.set = null;
  if (set === null) {
    yield envelopeProblem(end.number, { severity: "block", message: `Segment ${end.number} is an SE without ST`, detail: "se" });
    return;
  }
  if (group !== null) group.sets += 1;
  if (interchange?.isTest === true) {
    yield setProblem(set, "is a test (ISA15 is T)", "Nothing; have the sender send it as production (P) when it is meant to be booked");
  } else if (end.at(2) !== set.control) {
    yield setProblem(
      set,
      `ends in SE ${end.at(2)} at segment ${end.number}`,
      "Ask the sender for the set again: its control numbers do not pair",
    );
  } else if (set.type !== "210") {
    yield envelopeProblem(set.segment.number, {
      severity: "warn",
      message: `Segment ${set.segment.number}: a set ${set.type} was passed over, only 210 is taken`,
      detail: "set_type",
    });
  } else if (set.count >= setSegmentsMax) {
    yield setProblem(set, `has more than ${setSegmentsMax} segments`, "Have the sender split the bill");
  } else {
    yield* readSet(set, options);
    const counted = set.count + 1;
    if (Number(end.at(1)) !== counted) {
      yield envelopeProblem(end.number, {
        severity: "warn",
        message: `SE of set ${set.control} counts ${end.at(1)} segments, there are ${counted}`,
        detail: "se_count",
      });
    }
  }
}

function* readSet(set: NonNullable<Envelope["set"]>, options: ReadOptions): Generator<ReadPart> {
  const place = `segment ${set.segment.number}`;
  const translated = translate(sortSegments(set.segments), options);
  if ("problem" in translated) {
    const at = translated.segment === 0 ? "" : ` (segment ${translated.segment})`;
    yield setProblem(set, `cannot be read: ${translated.problem}${at}`, "Have the sender correct the invoice and send it again");
    return;
  }
  yield { event: { place, raw: translated.event } };
  for (const remark of translated.remarks) {
    yield unreadable(place, {
      code: "edi_amount_remark",
      severity: "warn",
      message: `Invoice ${translated.event.number}: ${remark}`,
      fix: "Compare the total with the paper; have the sender follow the guide's N2 format",
      detail: "amounts",
    });
  }
}

function* closeGroup(envelope: Envelope, end: Segment | null): Generator<ReadPart> {
  yield* dropSet(envelope, "has no SE");
  const { group, interchange } = envelope;
  envelope.group = null;
  if (group === null) return;
  if (interchange !== null) interchange.groups += 1;
  yield* checkPair(group, { end, name: "GE", count: group.sets });
}

function* closeInterchange(envelope: Envelope, end: Segment | null): Generator<ReadPart> {
  yield* closeGroup(envelope, null);
  const { interchange } = envelope;
  envelope.interchange = null;
  if (interchange !== null) yield* checkPair(interchange, { end, name: "IEA", count: interchange.groups });
}

/** Whole sets of a group whose trailer is wrong were taken: each is complete in itself. A person is told, since others may be missing. */
function* checkPair(opened: Opened, { end, name, count }: { end: Segment | null; name: "GE" | "IEA"; count: number }): Generator<ReadPart> {
  const { segment, control } = opened;
  if (end === null) {
    yield envelopeProblem(segment.number, {
      severity: "hold",
      message: `${segment.id} ${control} at segment ${segment.number} has no ${name}: the file may be cut off`,
      detail: "truncated",
    });
  } else if (end.at(2) !== control) {
    yield envelopeProblem(end.number, {
      severity: "hold",
      message: `${name} at segment ${end.number} closes ${end.at(2)}, but ${control} is open`,
      detail: "unpaired",
    });
  } else if (Number(end.at(1)) !== count) {
    yield envelopeProblem(end.number, {
      severity: "hold",
      message: `${name} at segment ${end.number} counts ${end.at(1)}, there are ${count}`,
      detail: "count",
    });
  }
}

function setProblem(set: NonNullable<Envelope["set"]>, why: string, fix: string): ReadPart {
  return unreadable(`segment ${set.segment.number}`, {
    code: "edi_set_unreadable",
    message: `Set ${set.control} at segment ${set.segment.number} ${why}`,
    fix,
    detail: "210",
  });
}

function envelopeProblem(number: number, problem: { severity: "block" | "hold" | "warn"; message: string; detail: string }): ReadPart {
  return unreadable(`segment ${number}`, {
    code: "edi_envelope",
    fix:
      problem.severity === "warn"
        ? "Nothing; tell the sender"
        : "Ask the sender whether the interchange is complete, and for the rest of it",
    ...problem,
  });
}
