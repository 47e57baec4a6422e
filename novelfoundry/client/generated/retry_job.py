from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import (  # noqa: F401
    JobFields,
    JobFieldsFailure,
    JobFieldsManuscript,
    JobFieldsRetryOf,
    JobFieldsWaiting,
    RefusalFields,
)


class RetryJob(BaseModel):
    retry_job: Union["RetryJobRetryJobJob", "RetryJobRetryJobRefusal"] = Field(
        alias="retryJob", discriminator="typename__"
    )


class RetryJobRetryJobJob(JobFields):
    typename__: Literal["Job"] = Field(alias="__typename")


class RetryJobRetryJobRefusal(RefusalFields):
    typename__: Literal["Refusal"] = Field(alias="__typename")


RetryJob.model_rebuild()
