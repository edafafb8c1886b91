// dependency-cruiser asks for "typescript" and needs the programming interface that TypeScript 7 no longer has.
import { registerHooks } from "node:module";

registerHooks({
  resolve: (specifier, context, next) => next(specifier.replace(/^typescript(?=$|\/)/, "typescript-for-dependency-cruiser"), context),
});
