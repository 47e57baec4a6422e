from datetime import datetime
from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import RefusalFields


class HoldLine(BaseModel):
    hold_line: Union["HoldLineHoldLineHold", "HoldLineHoldLineRefusal"] = Field(
        alias="holdLine", discriminator="typename__"
    )


class HoldLineHoldLineHold(BaseModel):
    typename__: Literal["Hold"] = Field(alias="__typename")
    since: datetime


class HoldLineHoldLineRefusal(RefusalFields):
    typename__: Literal["Refusal"] = Field(alias="__typename")


HoldLine.model_rebuild()
