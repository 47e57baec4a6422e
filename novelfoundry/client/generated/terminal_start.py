from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class TerminalStart(BaseModel):
    start_analysis: Union[
        "TerminalStartStartAnalysisJob", "TerminalStartStartAnalysisRefusal"
    ] = Field(alias="startAnalysis", discriminator="typename__")


class TerminalStartStartAnalysisJob(BaseModel):
    typename__: Literal["Job"] = Field(alias="__typename")
    id: str


class TerminalStartStartAnalysisRefusal(BaseModel):
    typename__: Literal["Refusal"] = Field(alias="__typename")
    code: RefusalCode
    message: str


TerminalStart.model_rebuild()
