import { jsonAnswer, type Answer, type SandboxRequest } from "../http.ts";
import type { Service } from "./service.ts";

export function answerRest(_service: Service, _request: SandboxRequest): Answer {
  return jsonAnswer(404, { "ia::error": { code: "notFound", message: "Not found", errorId: "REST-1009" } });
}
