from pydantic import Field

from .base_model import BaseModel


class Role(BaseModel):
    viewer: "RoleViewer"


class RoleViewer(BaseModel):
    is_operator: bool = Field(alias="isOperator")


Role.model_rebuild()
