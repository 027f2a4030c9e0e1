"""The GraphQL API beside `@neo4j/graphql`, plain Strawberry resolvers and a floor, on one Neo4j."""
