import { accountingContract } from "./accounting.ts";
import { company, start, stop, system } from "./intacct-world.ts";

accountingContract(`${system} by REST`, { start, company: () => company({ transport: "rest" }), stop });
