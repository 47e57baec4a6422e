"""Plans: a validated GraphQL operation compiled once, executed without graphql-core where nothing is unusual.

Knows Strawberry and graphql-core, and nothing of what this service is about: see docs/plans.md.
"""

from schema.plans.handover import NotPlanned, TooMuch
from schema.plans.later import Later, later
from schema.plans.loader import Loader
from schema.plans.plan import Plan
from schema.plans.shared import SharedAnswer

__all__ = ["Later", "Loader", "NotPlanned", "Plan", "SharedAnswer", "TooMuch", "later"]
