// GraphiQL with a role switcher. Every question gets a token of its own, so that an open page outlives tokens.
"use strict";

const field = (id) => document.getElementById(id);
const root = ReactDOM.createRoot(field("graphiql"));
const development = { headers: { "x-twin-development": "1" } };

function asker() {
  const territories = field("territories").value.split(",").map((id) => id.trim()).filter((id) => id !== "");
  return { role: field("role").value, territories, subject: field("subject").value.trim(), agent: field("agent").value.trim() };
}

async function tokenFor({ role, territories = [], subject = "", agent = "" }) {
  const query = new URLSearchParams([["role", role], ["subject", subject], ["agent", agent]]);
  for (const id of territories) query.append("territory", id);
  const response = await fetch(`/dev/token?${query}`, development);
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

async function ownProduct(role) {
  const answer = await ask(await tokenFor({ role }), { query: "{ products(first: 1) { productId id } }" });
  const product = answer.data?.products[0];
  return product?.productId ?? product?.id ?? "your product id";
}

// Some roles see nothing without a territory, or nothing but their own: propose both, from whoever sees the sales force.
async function propose(role) {
  const query = `{ territories(where: {level: {eq: "territory"}}, sort: [{territoryId: ASC}], first: 200) {
    edges { node { territoryId name reps(first: 1) { userId name } } } } }`;
  const answer = await ask(await tokenFor({ role }), { query });
  const found = (answer.data?.territories.edges ?? []).map((edge) => edge.node);
  for (const territory of found) {
    field("places").append(new Option(territory.name, territory.territoryId));
    for (const rep of territory.reps) field("people").append(new Option(`${rep.name}, ${territory.territoryId}`, rep.userId));
  }
  field("territories").value = found[0]?.territoryId ?? "";
  field("subject").value = found[0]?.reps[0]?.userId ?? "";
}

// Each role has tabs of its own: what fits one schema seldom fits another.
function tabsOf(role) {
  return {
    get length() { return localStorage.length; },
    getItem: (key) => localStorage.getItem(`${role}/${key}`),
    setItem: (key, value) => localStorage.setItem(`${role}/${key}`, value),
    removeItem: (key) => localStorage.removeItem(`${role}/${key}`),
    clear: () => localStorage.clear(),
  };
}

function show(roles, product) {
  const who = asker();
  const { doc, example } = roles.find((role) => role.name === who.role);
  field("said").textContent = doc;
  root.render(React.createElement(GraphiQL, {
    key: JSON.stringify(who),
    fetcher: async (body) => ask(await tokenFor(who), body),
    defaultQuery: example,
    variables: JSON.stringify({ product }, null, 2),
    defaultEditorToolsVisibility: "variables",
    isHeadersEditorEnabled: false,
    storage: tabsOf(who.role),
  }));
}

async function start() {
  const roles = await (await fetch("/dev/roles", development)).json();
  for (const { name } of roles) field("role").append(new Option(name, name));
  const names = roles.map((role) => role.name);
  const product = await ownProduct(names[0]);
  await propose(names.includes("executive") ? "executive" : names[0]);
  for (const id of ["role", "territories", "subject", "agent"]) field(id).addEventListener("change", () => show(roles, product));
  field("caller").addEventListener("submit", (event) => event.preventDefault());
  show(roles, product);
}

start();
