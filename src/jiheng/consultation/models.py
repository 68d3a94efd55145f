"""What offices ask each other about a case (协商, art. 42), and what leadership asks an office (批示, art. 4)."""

from django.db import models

from jiheng.bureau.keys import new_key
from jiheng.bureau.models import Zone
from jiheng.procedure.models import Case


class Consultation(models.Model):
    """A question the regulation does not settle, put to named offices about one case; its outcome stays with that case.

    ``case`` is its own, of the office that asks (the case's unit); each office asked has an ``Answer`` with a case.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="consultation")
    about = models.ForeignKey(Case, models.PROTECT, related_name="consultations")
    question = models.TextField("协商事项")
    due = models.DateField("答复期限")
    outcome = models.TextField("协商结果", blank=True)
    settled = models.DateField("定下来的日子", null=True)

    class Meta:
        verbose_name = "协商"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.case.title


class Answer(models.Model):
    """What one office asked has to say (科室意见); ``case`` is of that office."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="consulted")
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="answers")
    text = models.TextField("意见", blank=True)

    class Meta:
        verbose_name = "科室意见"
        ordering = ["id"]


class Instruction(models.Model):
    """Leadership's note on a case (批示): what the named office (the case's unit) is to do and answer by a day."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="+", db_index=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="instruction")
    about = models.ForeignKey(Case, models.PROTECT, related_name="instructions")
    text = models.TextField("批示")
    due = models.DateField("办理期限")
    answer = models.TextField("办理情况", blank=True)

    class Meta:
        verbose_name = "批示"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.case.title
