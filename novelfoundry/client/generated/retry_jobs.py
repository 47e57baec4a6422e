from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import (
    OutcomeFields,
    OutcomeFieldsOutcomes,  # noqa: F401
    RefusalFields,
)


class RetryJobs(BaseModel):
    retry_jobs: Union["RetryJobsRetryJobsJobOutcomes", "RetryJobsRetryJobsRefusal"] = (
        Field(alias="retryJobs", discriminator="typename__")
    )


class RetryJobsRetryJobsJobOutcomes(OutcomeFields):
    typename__: Literal["JobOutcomes"] = Field(alias="__typename")


class RetryJobsRetryJobsRefusal(RefusalFields):
    typename__: Literal["Refusal"] = Field(alias="__typename")


RetryJobs.model_rebuild()
