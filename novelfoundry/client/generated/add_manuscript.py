from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import (
    ManuscriptFields,
    ManuscriptFieldsLatestJob,  # noqa: F401
    RefusalFields,
)


class AddManuscript(BaseModel):
    add_manuscript: Union[
        "AddManuscriptAddManuscriptManuscript", "AddManuscriptAddManuscriptRefusal"
    ] = Field(alias="addManuscript", discriminator="typename__")


class AddManuscriptAddManuscriptManuscript(ManuscriptFields):
    typename__: Literal["Manuscript"] = Field(alias="__typename")


class AddManuscriptAddManuscriptRefusal(RefusalFields):
    typename__: Literal["Refusal"] = Field(alias="__typename")


AddManuscript.model_rebuild()
