"""Ways to the database: connecting, naming errors, decoding. Everything else is written once, above them."""
