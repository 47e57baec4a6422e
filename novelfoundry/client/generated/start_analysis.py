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


class StartAnalysis(BaseModel):
    start_analysis: Union[
        "StartAnalysisStartAnalysisJob", "StartAnalysisStartAnalysisRefusal"
    ] = Field(alias="startAnalysis", discriminator="typename__")


class StartAnalysisStartAnalysisJob(JobFields):
    typename__: Literal["Job"] = Field(alias="__typename")


class StartAnalysisStartAnalysisRefusal(RefusalFields):
    typename__: Literal["Refusal"] = Field(alias="__typename")


StartAnalysis.model_rebuild()
