"""A schema of every kind of field, over data that is random and the same for everybody who asks with the same seed."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, date, datetime, timedelta
from enum import Enum, StrEnum
from random import Random
from typing import Annotated, Any, TypeVar, Union, cast

import strawberry
from strawberry.dataloader import DataLoader
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission
from strawberry.scalars import JSON
from strawberry.types import Info

from schema.plans import Loader, later

T = TypeVar("T")


@strawberry.enum
class Color(Enum):
    RED = 1
    GREEN = "green"


@strawberry.enum
class Mood(StrEnum):
    CALM = "calm"
    WILD = "wild"


class Trouble(Exception):
    """What a resolver of the test raises."""


class World:
    """What the resolvers know.

    `faults` is the share of values that are wrong or raised, `loads` that of loads that fail, and `waits` whether
    resolvers take their time. Of several errors at once, it depends on the time which is told.
    """

    def __init__(self, seed: int, *, faults: float = 0.0, loads: float = 0.0, waits: bool = False) -> None:
        self.seed = seed
        self.faults = faults
        self.loads = loads
        self.waits = waits
        self.calls: Counter[str] = Counter()
        self.batches: list[int] = []
        self.loader: DataLoader[int, Leaf] = DataLoader(self._load)
        self.batched: Loader[int, Leaf] = Loader(self._read)

    def random(self, *about: object) -> Random:
        return Random(f"{self.seed} {about}")

    def fails(self, *about: object) -> bool:
        return self.random("fails", *about).random() < self.faults

    def called(self, info: "Asked") -> None:
        """Counts a call of a resolver at its place in the answer."""
        self.calls[".".join(map(str, info.path.as_list()))] += 1

    async def rest(self, *about: object) -> None:
        if self.waits:
            for _ in range(self.random("rest", *about).randint(0, 4)):
                await asyncio.sleep(0)

    def checked(self, value: T, *about: object) -> T:
        if self.fails(*about):
            raise Trouble(f"trouble with {about}")
        return value

    async def _read(self, keys: list[int]) -> list["Leaf"]:
        self.batches.append(len(keys))
        await self.rest("read", len(keys))
        if self._fails_to_load(0):
            raise Trouble("trouble with a whole batch")
        return [Leaf.of(self, key) for key in keys]

    async def _load(self, keys: list[int]) -> list[Any]:
        self.batches.append(len(keys))
        await self.rest("batch", len(keys))
        return [Trouble(f"trouble with {key}") if self._fails_to_load(key) else Leaf.of(self, key) for key in keys]

    def _fails_to_load(self, key: int) -> bool:
        return self.random("load", key).random() < self.loads


Asked = Info[World, None]


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.type
class Leaf(Node):
    text: str
    color: Color | None

    @classmethod
    def of(cls, world: World, number: int) -> "Leaf":
        random = world.random("leaf", number)
        color: Any = random.choice([*Color, None])
        return cls(id=strawberry.ID(str(number)), text=_text(world, random), color=color)

    @strawberry.field
    def length(self) -> int:
        return len(self.text)


@strawberry.type
class Plain:
    flag: bool
    moods: list[Mood]


@strawberry.input
class Given:
    words: list[str]
    color: Color = Color.RED
    size: int | None = None


class Refusing(BasePermission):
    message = "You may not."

    def has_permission(self, source: Any, info: Any, **kwargs: Any) -> bool:
        return not info.context.fails("permission", source.number)


class Loud(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        return next_(source, info, **kwargs).upper()


@strawberry.type
class Branch(Node):
    number: strawberry.Private[int]
    text: str
    maybe_text: str | None
    whole: int
    ratio: float | None
    flag: bool
    color: Color
    moods: list[Mood]
    at: datetime
    day: date | None
    grid: list[list[int | None]] | None
    json: JSON
    twin: Leaf | None
    leaves: list[Leaf]
    anything: Annotated[Union["Branch", Leaf, Plain], strawberry.union("Thing")] | None

    @classmethod
    def of(cls, world: World, *about: object) -> "Branch":
        random = world.random("branch", *about)
        number = random.randrange(10**9)

        def odd(value: Any, *others: Any) -> Any:
            return random.choice(others) if random.random() < world.faults / 4 else value

        return cls(
            id=odd(strawberry.ID(str(number)), number, None, [1]),
            number=number,
            text=odd(_text(world, random), None, 5, 1.5, True, {}, Mood.CALM, Trouble("kept")),
            maybe_text=random.choice(["there", None]),
            whole=odd(random.randrange(-(2**31), 2**31), 2**31, 1.0, 1.5, "7", "x", True, None),
            ratio=odd(random.choice([0.1, 1e300, -0.0, None]), float("nan"), float("inf"), 3, "2.5"),
            flag=odd(random.random() < 0.5, 1, 0.0, None, "yes"),
            color=odd(random.choice(list(Color)), 1, "green", "blue", None, Mood.WILD),
            moods=odd(random.sample(list(Mood), random.randint(0, 2)), None, ("calm",), [None], {Mood.WILD}, 3),
            at=odd(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=random.randrange(10**12)), None, "now"),
            day=random.choice([date(2026, 1, 2), None]),
            grid=odd([[1, None], [], [2]], None, [[1, "x"], [2]], [None], ((1,), [2]), iter(())),
            json=cast(JSON, random.choice([{"a": [1, None, "x"]}, [], "text", 1.5])),
            twin=odd(random.choice([None, Leaf.of(world, number)]), Plain(flag=True, moods=[]), Trouble("twin"), 7),
            leaves=odd([Leaf.of(world, number + each) for each in range(random.randint(0, 3))], [None], None),
            anything=odd(
                random.choice([None, Leaf.of(world, number), Plain(flag=False, moods=[Mood.WILD])]), "text", object()
            ),
        )

    @strawberry.field
    def near(self, info: Asked) -> "Branch | None":
        info.context.called(info)
        nothing = info.context.random("near", self.number).random() < 0.3
        return info.context.checked(None if nothing else Branch.of(info.context, "near", self.number), "near", self.id)

    @strawberry.field
    def must(self, info: Asked) -> "Branch":
        info.context.called(info)
        null = info.context.fails("must null", self.number)
        given = None if null else Branch.of(info.context, "must", self.number)
        return cast(Branch, info.context.checked(given, "must", self.number))

    @strawberry.field
    async def far(self, info: Asked, steps: int = 1, by: Mood | None = None) -> "Branch | None":
        info.context.called(info)
        await info.context.rest("far", self.number)
        nothing = info.context.random("far", self.number, steps).random() < 0.3
        given = None if nothing else Branch.of(info.context, "far", self.number, steps, by)
        return info.context.checked(given, "far", self.number)

    @strawberry.field
    async def far_must(self, info: Asked) -> "Branch":
        info.context.called(info)
        await info.context.rest("far must", self.number)
        return info.context.checked(Branch.of(info.context, "far must", self.number), "far must", self.number)

    @strawberry.field
    def many(self, info: Asked, first: int = 2) -> list["Branch"]:
        info.context.called(info)
        return [Branch.of(info.context, "many", self.number, each) for each in range(first)]

    @strawberry.field
    async def some(self, info: Asked, first: int | None = None) -> list["Branch | None"] | None:
        info.context.called(info)
        await info.context.rest("some", self.number)
        made = [Branch.of(info.context, "some", self.number, each) for each in range(first or 0)]
        return info.context.checked([*made, None] if first != 1 else None, "some", self.number)

    @strawberry.field
    def loaded(self, info: Asked) -> Leaf | None:
        info.context.called(info)
        return later(info.context.loader.load(self.number % 50), lambda leaf: leaf)

    @strawberry.field
    def loaded_text(self, info: Asked) -> str:
        info.context.called(info)
        loading = info.context.loader.load(self.number % 50)
        return later(loading, lambda leaf: leaf.text)

    @strawberry.field
    def batched(self, info: Asked) -> Leaf | None:
        info.context.called(info)
        return later(info.context.batched.load(self.number % 50), lambda leaf: leaf if len(leaf.text) != 5 else None)

    @strawberry.field
    async def batched_too(self, info: Asked) -> str:
        info.context.called(info)
        return (await info.context.batched.load(self.number % 40)).text

    @strawberry.field
    async def loaded_too(self, info: Asked) -> Leaf:
        info.context.called(info)
        leaf: Leaf = await info.context.loader.load(self.number % 50 + 1)
        return leaf

    @strawberry.field
    def node(self, info: Asked) -> Node | None:
        random = info.context.random("node", self.number)
        return random.choice([None, Leaf.of(info.context, self.number), Branch.of(info.context, "node", self.number)])

    @strawberry.field
    def things(self, info: Asked) -> list[Annotated[Union["Branch", Leaf, Plain], strawberry.union("Thing")]]:
        random = info.context.random("things", self.number)
        return random.choices([Leaf.of(info.context, 1), Plain(flag=True, moods=[Mood.CALM]), self], k=3)

    @strawberry.field(permission_classes=[Refusing])  # type: ignore[untyped-decorator]
    def secret(self) -> str | None:
        return "secret"

    @strawberry.field(extensions=[Loud()])  # type: ignore[untyped-decorator]
    def loud(self, word: str = "word") -> str:
        return word

    @strawberry.field
    def echo(self, info: Asked, given: Given) -> str:
        info.context.called(info)
        return f"{given.words} {given.color.name} {given.size}"

    @strawberry.field
    def walked_once(self, info: Asked) -> list[int]:
        def walk() -> Iterator[int]:
            yield from range(3)

        return cast(list[int], walk())

    @strawberry.field
    def field_name(root: Any, info: Asked) -> str:
        return f"{info.field_name} {info.python_name} {info.return_type} {root.number}"


@strawberry.type
class Query:
    @strawberry.field
    async def root(self, info: Asked, number: int = 1) -> Branch | None:
        await info.context.rest("root", number)
        return Branch.of(info.context, "root", number)

    @strawberry.field
    def now(self, info: Asked) -> Branch:
        return Branch.of(info.context, "now")

    @strawberry.field
    async def roots(self, info: Asked) -> list[Branch]:
        return [Branch.of(info.context, "roots", each) for each in range(3)]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def change(self, info: Asked, number: int = 1) -> Branch | None:
        info.context.called(info)
        await info.context.rest("change", number)
        return info.context.checked(Branch.of(info.context, "change", number), "change", number)

    @strawberry.mutation
    def change_at_once(self, info: Asked, number: int = 1) -> Branch:
        info.context.called(info)
        return info.context.checked(Branch.of(info.context, "change", number), "change", number)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def branches(self, info: Asked, count: int = 2) -> AsyncGenerator[Branch, None]:
        for number in range(count):
            yield info.context.checked(Branch.of(info.context, "event", number), "event", number)

    @strawberry.subscription
    async def leaves(self, info: Asked) -> AsyncGenerator[Leaf | None, None]:
        yield Leaf.of(info.context, 1)
        yield None


def _text(world: World, random: Random) -> str:
    return random.choice(["", "plain", 'ä€😀\n"\\', "\ud800 half"])


kinds = strawberry.Schema(Query, Mutation, Subscription)
