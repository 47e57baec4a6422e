"""GraphQL words for the domain. A resolver translates and calls; it decides nothing."""
