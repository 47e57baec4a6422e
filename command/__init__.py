"""The `novelfoundry` program: one file a subcommand. Nothing imports it."""
