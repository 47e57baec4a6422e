from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import (
    OutcomeFields,
    OutcomeFieldsOutcomes,  # noqa: F401
    RefusalFields,
)


class CancelJobs(BaseModel):
    cancel_jobs: Union[
        "CancelJobsCancelJobsJobOutcomes", "CancelJobsCancelJobsRefusal"
    ] = Field(alias="cancelJobs", discriminator="typename__")


class CancelJobsCancelJobsJobOutcomes(OutcomeFields):
    typename__: Literal["JobOutcomes"] = Field(alias="__typename")


class CancelJobsCancelJobsRefusal(RefusalFields):
    typename__: Literal["Refusal"] = Field(alias="__typename")


CancelJobs.model_rebuild()
