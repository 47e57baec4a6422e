from typing import Optional

from .base_model import BaseModel
from .fragments import ManuscriptFields


class ManuscriptLine(BaseModel):
    manuscript: Optional["ManuscriptLineManuscript"]


ManuscriptLineManuscript = ManuscriptFields
ManuscriptLine.model_rebuild()
