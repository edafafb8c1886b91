import { jsonAnswer, type Answer } from "../http.ts";
import { objectOf, textOf } from "../json.ts";
import { fieldsIn } from "./check.ts";
import { dimensionsOf, termOf } from "./dimensions.ts";
import type { RestCall } from "./rest-call.ts";
import { requestFailure } from "./rest-errors.ts";
import { addressOf, findRest, membersIn, restObjects } from "./rest-objects.ts";
import { restQuery } from "./rest-query.ts";
import { kindFor } from "./rest-values.ts";

type Perform = (call: RestCall) => Answer;

const services: Readonly<Record<string, Perform>> = {
  "POST /services/core/query": ({ work, body }) => {
    const { rows, paging } = restQuery(work, objectOf(body));
    return jsonAnswer(200, { "ia::result": rows, "ia::meta": paging });
  },
  "GET /services/core/session/id": openSession,
  "GET /services/core/model": describeModel,
  "GET /services/company-config/dimensions/list": listDimensions,
  "POST /services/company-config/document-sequence/generate-next-value": nextNumber,
};

export function performService(call: RestCall): Answer {
  const perform = services[`${call.method} ${call.path}`];
  if (perform !== undefined) return perform(call);
  return requestFailure(404, { code: "notFound", errorId: "REST-1031", message: `There is no service ${call.path}` });
}

const one = (result: unknown): Answer =>
  jsonAnswer(200, { "ia::result": result, "ia::meta": { totalCount: 1, totalSuccess: 1, totalError: 0 } });

/** A session of the XML gateway for the same user and entity. */
function openSession({ service, work, company }: RestCall): Answer {
  const minutes = company.switches.sessionMinutes;
  const session = service.sessions.open({
    company: company.id,
    sender: service.app.senderId,
    user: work.user,
    entity: work.entity,
    minutes,
  });
  return one({ sessionId: session.token, expiresIn: minutes * 60 });
}

/** Fields of an object; without a name, all objects. */
function describeModel({ work, company, query }: RestCall): Answer {
  const name = query.get("name");
  if (name === null) return one(restObjects.map(({ address, verbs }) => ({ apiObject: address, type: "rootObject", httpMethods: verbs })));
  const rest = findRest(company, name.replace(/^objects\//, ""));
  if (rest === null)
    return requestFailure(404, { code: "invalidRequest", errorId: "REST-1031", message: `The object '${name}' does not exist` });
  const kind = kindFor(work, rest);
  const known = fieldsIn(company, kind);
  const fields = membersIn(company, rest, kind.type === "line").flatMap(({ path, field, target }) => {
    const found = known[field];
    if (found === undefined) return [];
    const type = target === null ? (found.type === "boolean" ? "boolean" : "string") : "reference";
    return [
      [
        path,
        {
          type,
          readOnly: found.isReadOnly,
          required: found.isRequired,
          isCustom: found.isCustom,
          ...(found.choices.length === 0 ? {} : { enum: found.choices }),
        },
      ],
    ];
  });
  return one({ name: rest.address, type: "rootObject", idempotenceSupported: true, fields: Object.fromEntries(fields) as object });
}

function listDimensions({ company }: RestCall): Answer {
  const rows = dimensionsOf(company).map((dimension) => ({
    dimensionName: dimension.name,
    dimensionLabel: dimension.label,
    termName: termOf(company, dimension),
    isUserDefinedDimension: dimension.isOwn,
    isEnabledInGL: true,
    dimensionEndpoint: `/objects/${addressOf(company, dimension.object) ?? ""}`,
  }));
  return jsonAnswer(200, { "ia::result": rows, "ia::meta": { totalCount: rows.length, totalSuccess: rows.length, totalError: 0 } });
}

function nextNumber({ work, body, service }: RestCall): Answer {
  const id = textOf(objectOf(body)["id"]) ?? "";
  if (id === "") return requestFailure(400, { code: "invalidRequest", errorId: "REST-1028", message: "The id of a sequence is missing" });
  const value = service.storage.transaction(() => `${id}-${work.records.next(work.company.key, `sequence ${id}`)}`);
  return one({ id, value });
}
