from datetime import datetime
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import ComponentState, FailureCode, JobStatus, TroubleCode
from .fragments import (  # noqa: F401
    OperatorJobFields,
    RefusalFields,
    SystemFields,
    SystemFieldsHold,
    SystemFieldsPush,
    SystemFieldsSweeper,
    SystemFieldsWorkers,
)


class Operator(BaseModel):
    operator: Union["OperatorOperatorOperator", "OperatorOperatorRefusal"] = Field(
        discriminator="typename__"
    )


class OperatorOperatorOperator(BaseModel):
    typename__: Literal["Operator"] = Field(alias="__typename")
    system: "OperatorOperatorOperatorSystem"
    counts: list["OperatorOperatorOperatorCounts"]
    throughput: list["OperatorOperatorOperatorThroughput"]
    processes: list["OperatorOperatorOperatorProcesses"]
    running: list["OperatorOperatorOperatorRunning"]
    line: list["OperatorOperatorOperatorLine"]
    failed: list["OperatorOperatorOperatorFailed"]


class OperatorOperatorOperatorSystem(SystemFields):
    troubles: list["OperatorOperatorOperatorSystemTroubles"]


class OperatorOperatorOperatorSystemTroubles(BaseModel):
    code: TroubleCode
    message: str


class OperatorOperatorOperatorCounts(BaseModel):
    status: JobStatus
    failure_code: Optional[FailureCode] = Field(alias="failureCode")
    number: int
    within_hour: Optional[int] = Field(alias="withinHour")
    counted_since: Optional[datetime] = Field(alias="countedSince")


class OperatorOperatorOperatorThroughput(BaseModel):
    begins_at: datetime = Field(alias="beginsAt")
    completed: int
    failed: int
    cancelled: int


class OperatorOperatorOperatorProcesses(BaseModel):
    id: str
    kind: str
    version: str
    host: str
    pid: Optional[int]
    state: ComponentState
    capacity: int
    busy: int
    started_at: datetime = Field(alias="startedAt")
    last_seen_at: datetime = Field(alias="lastSeenAt")
    clock_offset_seconds: Optional[float] = Field(alias="clockOffsetSeconds")
    troubles: list["OperatorOperatorOperatorProcessesTroubles"]


class OperatorOperatorOperatorProcessesTroubles(BaseModel):
    code: TroubleCode
    message: str


OperatorOperatorOperatorRunning = OperatorJobFields


class OperatorOperatorOperatorLine(BaseModel):
    author_id: str = Field(alias="authorId")
    waiting: int
    running: int
    oldest_queued_at: Optional[datetime] = Field(alias="oldestQueuedAt")


OperatorOperatorOperatorFailed = OperatorJobFields


class OperatorOperatorRefusal(RefusalFields):
    typename__: Literal["Refusal"] = Field(alias="__typename")


Operator.model_rebuild()
OperatorOperatorOperator.model_rebuild()
OperatorOperatorOperatorSystem.model_rebuild()
OperatorOperatorOperatorProcesses.model_rebuild()
