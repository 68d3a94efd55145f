"""What experts and institutions reach of an evaluation beside the shared pages: the files that the evaluated sent."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404

from jiheng.evaluation.access import WORKING, of_engagement
from jiheng.procedure import files
from jiheng.procedure.models import Attachment


def file(request: HttpRequest, key: UUID, attachment: UUID) -> FileResponse:
    """A file that came with an answer of the evaluated, while the engagement is worked on."""
    access = of_engagement(request.user, key)
    if access.base.state != WORKING:
        raise Http404("委托已交成果或已结束，不再提供资料（规程第39条）")
    found = get_object_or_404(
        Attachment, pk=attachment, case=access.case, zone_id=access.case.zone_id, act__step="answer"
    )
    return files.download(found.zone_id, found.name, found.sha256)
