from datetime import datetime
from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import RefusalFields


class ResumeLine(BaseModel):
    resume_line: Union["ResumeLineResumeLineHold", "ResumeLineResumeLineRefusal"] = (
        Field(alias="resumeLine", discriminator="typename__")
    )


class ResumeLineResumeLineHold(BaseModel):
    typename__: Literal["Hold"] = Field(alias="__typename")
    since: datetime


class ResumeLineResumeLineRefusal(RefusalFields):
    typename__: Literal["Refusal"] = Field(alias="__typename")


ResumeLine.model_rebuild()
