"""The domain: jobs whose state never lies, and the analysis they carry. Knows no web or GraphQL library."""
