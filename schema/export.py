"""Writes the API's SDL, descriptions and all: `python -m schema.export > client_contract/schema.graphql`."""

from schema.api import api


def main() -> None:
    """Prints the SDL."""
    print(api.as_str())


if __name__ == "__main__":
    main()
