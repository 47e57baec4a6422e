from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel


class Places(BaseModel):
    node: Optional[
        Annotated[
            Union["PlacesNodeNode", "PlacesNodeAnalysisReport"],
            Field(discriminator="typename__"),
        ]
    ]


class PlacesNodeNode(BaseModel):
    typename__: Literal["Job", "Manuscript", "Node"] = Field(alias="__typename")
    id: str


class PlacesNodeAnalysisReport(BaseModel):
    typename__: Literal["AnalysisReport"] = Field(alias="__typename")
    id: str
    places: "PlacesNodeAnalysisReportPlaces"


class PlacesNodeAnalysisReportPlaces(BaseModel):
    total: int
    occurrences: list["PlacesNodeAnalysisReportPlacesOccurrences"]


class PlacesNodeAnalysisReportPlacesOccurrences(BaseModel):
    position: int
    label: str
    chapter: int
    paragraph: int
    start: int
    end: int
    quote: str


Places.model_rebuild()
PlacesNodeAnalysisReport.model_rebuild()
PlacesNodeAnalysisReportPlaces.model_rebuild()
