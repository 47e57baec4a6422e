from typing import Optional

from .base_model import BaseModel


class Viewer(BaseModel):
    viewer: "ViewerViewer"


class ViewerViewer(BaseModel):
    id: str
    email: Optional[str]


Viewer.model_rebuild()
