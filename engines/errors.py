"""What can go wrong with an engine.

EngineError
├── CannotRun      not here, or not so: the directory, the wheel or a port forbids it. The message names the remedy.
└── NotAnswering   the server was started and does not answer
"""


class EngineError(Exception):
    """`message` is a sentence that the person at the terminal can act on."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class CannotRun(EngineError):
    """The engine cannot run on this machine with these data."""


class NotAnswering(EngineError):
    """The engine does not answer, or not yet."""
