from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import RefusalFields


class DeleteManuscript(BaseModel):
    delete_manuscript: Union[
        "DeleteManuscriptDeleteManuscriptDeletedManuscript",
        "DeleteManuscriptDeleteManuscriptRefusal",
    ] = Field(alias="deleteManuscript", discriminator="typename__")


class DeleteManuscriptDeleteManuscriptDeletedManuscript(BaseModel):
    typename__: Literal["DeletedManuscript"] = Field(alias="__typename")
    id: str


class DeleteManuscriptDeleteManuscriptRefusal(RefusalFields):
    typename__: Literal["Refusal"] = Field(alias="__typename")


DeleteManuscript.model_rebuild()
