// The part of the twin that the comparison asks for, with rules equal to those of a field rep: rows by the territories
// of the token, fields that the role may not read behind a role that it lacks. A date cannot be compared with a claim, so
// the alignment of today is the one without an end, which is the same in the sample world and costs less.
const aligned = `territoriesConnection: {
  some: { node: { territoryId: { in: "$jwt.territories" } }, edge: { to: { eq: null } } } }`;

export const typeDefs = `#graphql
  type JWT @jwt {
    role: String!
    territories: [String!]!
  }

  type Sequence @node {
    name: String!
    value: Int
  }

  type Territory @node @authorization(filter: [{ where: { node: { territoryId: { in: "$jwt.territories" } } } }]) {
    territoryId: String
    name: String
  }

  type AlignedTo @relationshipProperties {
    from: Date
    to: Date
  }

  type SharesPatients @relationshipProperties {
    year: Int
    patients: Int
  }

  type Account @node {
    id: String!
    name: String
    state: String
    knownAt: Date @authentication(operations: [READ], jwt: { role: { eq: "privacy_officer" } })
    hcps: [HCP!]! @relationship(type: "AFFILIATED_WITH", direction: IN)
  }

  type HCP @node @authorization(filter: [{ where: { node: { ${aligned} } } }]) {
    id: String!
    npi: String
    lastName: String
    firstName: String
    city: String
    state: String
    optedOutOn: Date @authentication(operations: [READ], jwt: { role: { eq: "privacy_officer" } })
    knownAt: Date @authorization(filter: [{ where: { jwt: { role: { eq: "privacy_officer" } } } }])
    affiliations: [Account!]! @relationship(type: "AFFILIATED_WITH", direction: OUT)
    territories: [Territory!]! @relationship(type: "IN_TERRITORY", direction: OUT, properties: "AlignedTo")
    peers: [HCP!]! @relationship(type: "SHARES_PATIENTS", direction: OUT, properties: "SharesPatients")
  }
`;
