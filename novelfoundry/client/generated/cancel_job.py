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


class CancelJob(BaseModel):
    cancel_job: Union["CancelJobCancelJobJob", "CancelJobCancelJobRefusal"] = Field(
        alias="cancelJob", discriminator="typename__"
    )


class CancelJobCancelJobJob(JobFields):
    typename__: Literal["Job"] = Field(alias="__typename")


class CancelJobCancelJobRefusal(RefusalFields):
    typename__: Literal["Refusal"] = Field(alias="__typename")


CancelJob.model_rebuild()
