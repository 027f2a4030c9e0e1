"""Primary research: what HCPs answer in surveys, among it whom they would ask for advice."""

from graph.schema.core import DataClass, NodeType, Prop
from graph.schema.core import Sensitivity as S

RESEARCH = DataClass.RESEARCH

SURVEY_RESPONSE = NodeType(
    "SurveyResponse",
    "One answer of an HCP to one question of a study.",
    key="id",
    precedence=("research",),
    identifiers=("response_id",),
    props={
        "id": Prop("string", RESEARCH, S.CONFIDENTIAL, "Opaque, stable id minted by the twin.", required=True),
        "study": Prop("string", RESEARCH, S.INTERNAL, "Study."),
        "wave": Prop("string", RESEARCH, S.INTERNAL, "Wave of the study."),
        "questionId": Prop("string", RESEARCH, S.INTERNAL, "Question; `nominates` asks for whom one turns to."),
        "answer": Prop("string", RESEARCH, S.CONFIDENTIAL, "The answer as given.", replica=False),
        "answeredOn": Prop("date", RESEARCH, S.CONFIDENTIAL, "Day of the answer."),
        "weight": Prop("float", RESEARCH, S.INTERNAL, "Weight of the respondent in the study."),
    },
)
