// Which of my HCPs need access support? TWIN_TOKEN="$(twin token --role field_rep --territory T01)" node ... PRODUCT
import { TwinClient } from "../../src/client.js";
import { NeedsSupportDocument } from "./generated/graphql.js";

const { TWIN_URL: url = "http://127.0.0.1:8000/graphql", TWIN_TOKEN: token = "" } = process.env;
const client = new TwinClient({ url, token, persisted: process.env["TWIN_PERSISTED"] === "yes" });
const hidden = new Set<string>();
const variables = { product: process.argv[2] ?? "", first: Number(process.argv[3] ?? 50) };

for await (const page of client.pages(NeedsSupportDocument, variables, (data) => data.accessFrictions)) {
  for (const { hcp, plan, saveableStarts, mainBarrier, drivers } of page.nodes) {
    console.log([hcp?.npi, hcp?.lastName, plan?.name, saveableStarts, mainBarrier, drivers[0]?.reason].join("\t"));
  }
  for (const { rule, reason } of page.restricted) hidden.add(`${rule}: ${reason}`);
}
for (const why of hidden) console.log(`hidden by ${why}`);
