from .base_model import BaseModel
from .fragments import SystemFields


class System(BaseModel):
    system: "SystemSystem"


SystemSystem = SystemFields
System.model_rebuild()
