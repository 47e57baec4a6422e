from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import RefusalFields


class SetDraftOf(BaseModel):
    set_draft_of: Union[
        "SetDraftOfSetDraftOfManuscript", "SetDraftOfSetDraftOfRefusal"
    ] = Field(alias="setDraftOf", discriminator="typename__")


class SetDraftOfSetDraftOfManuscript(BaseModel):
    typename__: Literal["Manuscript"] = Field(alias="__typename")
    id: str


class SetDraftOfSetDraftOfRefusal(RefusalFields):
    typename__: Literal["Refusal"] = Field(alias="__typename")


SetDraftOf.model_rebuild()
