from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import (
    ManuscriptFields,
    ManuscriptFieldsLatestJob,  # noqa: F401
    RefusalFields,
)


class UpdateManuscript(BaseModel):
    update_manuscript: Union[
        "UpdateManuscriptUpdateManuscriptManuscript",
        "UpdateManuscriptUpdateManuscriptRefusal",
    ] = Field(alias="updateManuscript", discriminator="typename__")


class UpdateManuscriptUpdateManuscriptManuscript(ManuscriptFields):
    typename__: Literal["Manuscript"] = Field(alias="__typename")


class UpdateManuscriptUpdateManuscriptRefusal(RefusalFields):
    typename__: Literal["Refusal"] = Field(alias="__typename")


UpdateManuscript.model_rebuild()
