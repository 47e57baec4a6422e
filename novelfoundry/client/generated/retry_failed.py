from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import RefusalFields


class RetryFailed(BaseModel):
    retry_failed: Union[
        "RetryFailedRetryFailedRetriedJobs", "RetryFailedRetryFailedRefusal"
    ] = Field(alias="retryFailed", discriminator="typename__")


class RetryFailedRetryFailedRetriedJobs(BaseModel):
    typename__: Literal["RetriedJobs"] = Field(alias="__typename")
    done: int
    refused: int
    has_more: bool = Field(alias="hasMore")


class RetryFailedRetryFailedRefusal(RefusalFields):
    typename__: Literal["Refusal"] = Field(alias="__typename")


RetryFailed.model_rebuild()
