// GraphiQL with a role switcher. A token is asked for again whenever the role or the territories change.
"use strict";

const role = document.getElementById("role");
const territories = document.getElementById("territories");
const said = document.getElementById("said");
const root = ReactDOM.createRoot(document.getElementById("graphiql"));

const QUESTION = `# Which HCPs need access support this week? Choose a role above: each has its own schema.
# A field rep needs a territory id, such as those proposed in the field.
{
  viewer { role territories }
  products { id productId brand own }
}
`;

async function tokenFor(name, ids) {
  const query = new URLSearchParams([["role", name], ...ids.map((id) => ["territory", id])]);
  const response = await fetch(`/dev/token?${query}`, { headers: { "x-twin-development": "1" } });
  if (!response.ok) throw new Error("no token");
  return (await response.json()).token;
}

async function ask(token, body) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return response.json();
}

async function proposeTerritories(names) {
  if (!names.includes("market_access")) return;
  const token = await tokenFor("market_access", []);
  const products = (await ask(token, { query: "{ products(first: 1) { id } }" })).data.products;
  if (products.length === 0) return;
  const query = `query ($id: ID!) { accessFrictions(product: $id, first: 100, where: {level: {eq: "territory"}}) {
    edges { node { territory { territoryId name } } } } }`;
  const found = (await ask(token, { query, variables: { id: products[0].id } })).data.accessFrictions.edges;
  for (const edge of found) {
    if (edge.node.territory === null) continue;
    const option = document.createElement("option");
    option.value = edge.node.territory.territoryId;
    option.label = edge.node.territory.name;
    document.getElementById("known").append(option);
  }
}

async function show() {
  const ids = territories.value.split(",").map((id) => id.trim()).filter((id) => id !== "");
  const token = await tokenFor(role.value, ids);
  said.textContent = `asking as ${role.value}${ids.length > 0 ? ` in ${ids.join(", ")}` : ""}`;
  const key = JSON.stringify([role.value, ids]);
  root.render(React.createElement(GraphiQL, { key, fetcher: (body) => ask(token, body), defaultQuery: QUESTION }));
}

async function start() {
  const names = await (await fetch("/dev/roles", { headers: { "x-twin-development": "1" } })).json();
  for (const name of names) role.append(new Option(name, name));
  role.addEventListener("change", show);
  territories.addEventListener("change", show);
  document.getElementById("caller").addEventListener("submit", (event) => event.preventDefault());
  await proposeTerritories(names);
  await show();
}

start();
