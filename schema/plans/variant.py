"""A plan for one way in which @skip and @include turn out."""

import strawberry
from graphql import GraphQLAbstractType, GraphQLObjectType, OperationType, VariableValues
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet, collect_fields, collect_subfields

from schema.plans.function import Function
from schema.plans.handover import NotPlanned
from schema.plans.operation import Operation
from schema.plans.resolvers import Site
from schema.plans.run import Run
from schema.plans.shapes import Shapes, Write, need_told_by_class


class Variant:
    """The functions of an operation. That of a selection is made when the first object comes to it."""

    def __init__(self, schema: strawberry.Schema, operation: Operation, variables: VariableValues) -> None:
        self.schema = schema
        self.operation = operation
        self._variables = variables
        self.texts: list[str] = []
        core = schema._schema
        root = core.get_root_type(operation.node.operation)
        if root is None:
            raise NotPlanned
        fields = collect_fields(core, operation.fragments, variables, root, operation.node).grouped_field_set
        apart = [{key: details} for key, details in fields.items()]
        parts = apart if operation.node.operation is OperationType.MUTATION else [dict(fields)]
        self._roots = [self._function(root, part) for part in parts]

    async def execute(self, run: Run) -> dict[str, object]:
        """The answer's data. Raises what its values raise, and NotPlanned."""
        answer: dict[str, object] = {}
        for write in self._roots:
            part = write(run.root, run, None)
            if run.waiting:
                await run.settle()
            answer |= part
        return answer

    def _function(self, parent: GraphQLObjectType, fields: GroupedFieldSet) -> Write:
        self.operation.spend(len(fields))
        sites = {key: self._site(parent, details) for key, details in fields.items()}
        details_of = {site: fields[key] for key, site in sites.items()}

        def shapes(named: GraphQLObjectType | GraphQLAbstractType, site: Site, nullable: bool) -> Shapes:
            return self._shapes(named, site, details_of[site], nullable)

        function = Function(parent, sites, shapes)
        self.texts.append(function.text)
        return function.made()

    def _site(self, parent: GraphQLObjectType, details: FieldDetailsList) -> Site:
        nodes = tuple(each.node for each in details)
        field = self.schema._schema.get_field(parent, nodes[0].name.value)
        if field is None or nodes[0].name.value in ("__schema", "__type"):
            raise NotPlanned
        return Site(nodes, parent, field, self.schema)

    def _shapes(
        self, named: GraphQLObjectType | GraphQLAbstractType, site: Site, details: FieldDetailsList, nullable: bool
    ) -> Shapes:
        core = self.schema._schema
        need_told_by_class(core, named)
        made: dict[GraphQLObjectType, Write] = {}

        def writes(type_: GraphQLObjectType) -> Write:
            if type_ not in made:
                fields = collect_subfields(
                    core, self.operation.fragments, self._variables, self.operation.node, type_, details
                ).grouped_field_set
                made[type_] = self._function(type_, fields)
            return made[type_]

        return Shapes(core, named, site.name, nullable=nullable, writes=writes)
