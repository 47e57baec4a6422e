from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import RefusalFields


class EraseEverything(BaseModel):
    erase_everything: Union[
        "EraseEverythingEraseEverythingErasedEverything",
        "EraseEverythingEraseEverythingRefusal",
    ] = Field(alias="eraseEverything", discriminator="typename__")


class EraseEverythingEraseEverythingErasedEverything(BaseModel):
    typename__: Literal["ErasedEverything"] = Field(alias="__typename")
    manuscripts: int
    remains: str


class EraseEverythingEraseEverythingRefusal(RefusalFields):
    typename__: Literal["Refusal"] = Field(alias="__typename")


EraseEverything.model_rebuild()
