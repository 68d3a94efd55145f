"""Who may read an assessment: the bureau's offices always, departments and units once its circular is issued (art. 41)."""

from django.db.models import Q, QuerySet

from jiheng.assessment.models import Assessment, Score
from jiheng.bureau.models import Person
from jiheng.bureau.scope import visible
from jiheng.procedure.models import Case


def readable(person: Person) -> QuerySet[Assessment]:
    """The assessments that the person may read; those assessed read the circular once it is issued."""
    cases = visible(Case.objects.filter(procedure="assessment"), person)
    own = visible(Score.objects.all(), person)
    issued = Q(issued__isnull=False, pk__in=own.order_by().values("assessment"))
    rows = Assessment.objects.filter(Q(case__in=cases.order_by().values("pk")) | issued)
    return rows.filter(zone_id=person.zone_id).select_related("case__zone")


def scores(person: Person, assessment: Assessment) -> QuerySet[Score]:
    """The lines whose working the person may read: offices as they see departments, others their own."""
    return visible(assessment.scores.select_related("organization", "department"), person)
