// Where is access hardest? TWIN_TOKEN="$(twin token --role market_access)" node ... PRODUCT
import { TwinClient } from "../../src/client.js";
import { FrictionsPerPlanDocument } from "./generated/graphql.js";

const { TWIN_URL: url = "http://127.0.0.1:8000/graphql", TWIN_TOKEN: token = "" } = process.env;
const client = new TwinClient({ url, token });
const variables = { product: process.argv[2] ?? "", first: Number(process.argv[3] ?? 50) };

for await (const page of client.pages(FrictionsPerPlanDocument, variables, (data) => data.accessFrictions)) {
  const withheld = new Map(page.restricted.flatMap(({ ids = [], reason }) => ids.map((id) => [id, reason] as const)));
  for (const { id, plan, value, expectedStarts, evidenceStarts } of page.nodes) {
    console.log([plan?.name, value ?? withheld.get(id), expectedStarts, evidenceStarts].join("\t"));
  }
}
