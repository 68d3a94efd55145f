"""The profile on the screen: every value with its article and source, and how a new one comes in (art. 43)."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate

from jiheng.bureau.changes import log, may_change
from jiheng.bureau.effects import Effect, effects
from jiheng.bureau.forms import ProfileForm
from jiheng.bureau.models import Change, Profile, Zone
from jiheng.bureau.profile import (
    CATALOGUE,
    SECTIONS,
    Parameter,
    ProfileError,
    Setting,
    Values,
    decode,
    in_force,
)
from jiheng.bureau.profile import load as load_profile
from jiheng.bureau.profile import read as read_profile
from jiheng.bureau.roles import ROLES
from jiheng.bureau.views import refused


@dataclass(frozen=True)
class Difference:
    """A parameter that two profiles set or source differently; ``before`` is None where it was not set."""

    parameter: Parameter
    before: Setting | None
    after: Setting


def shown(setting: Setting) -> str:
    """A value as users read it: shares as per cent, roles by name, amounts with their marks."""
    value, parameter = setting.value, setting.parameter
    if parameter.section == "fields":
        return ROLES[value].label if value in ROLES else str(value)
    if "比例" in parameter.unit:
        return f"{float(value) * 100:g}%"
    if parameter.unit == "元":
        return f"{float(value):,.2f} 元"
    unit = parameter.unit if parameter.unit and not parameter.unit.startswith("（") else ""
    return f"{value} {unit}".strip()


def sections_of(values: dict[str, Any]) -> list[tuple[str, list[tuple[Setting, str]]]]:
    """All settings under the heads of their sections."""
    settings = Values(values).settings
    return [
        (label, [(each, shown(each)) for each in settings if each.parameter.section == key])
        for key, label in SECTIONS.items()
    ]


def differences(before: dict[str, Any] | None, after: dict[str, Any]) -> list[Difference]:
    """What changes from one profile's values to another's."""
    found = []
    for parameter in CATALOGUE:
        new = after[parameter.section][parameter.key]
        old = (before or {}).get(parameter.section, {}).get(parameter.key)
        if old != new:
            found.append(
                Difference(
                    parameter,
                    Setting(parameter, old["value"], old["source"]) if old else None,
                    Setting(parameter, new["value"], new["source"]),
                )
            )
    return found


def show(request: HttpRequest, key=None) -> HttpResponse:
    """The profile in force, or another one by its key, with all that were ever loaded."""
    today = localdate()
    rows = Profile.objects.filter(zone=request.user.zone_id).defer("text", "values")
    current = in_force(request.user.zone_id, today)
    found = get_object_or_404(Profile, zone=request.user.zone_id, pk=key) if key else current
    return render(
        request,
        "bureau/profile.html",
        {
            "profile": found,
            "current": current,
            "sections": sections_of(found.values) if found else [],
            "others": [(each, _standing(each, current, today)) for each in rows],
            "reason": may_change(request.user),
            "form": ProfileForm(),
        },
    )


def _standing(profile: Profile, current: Profile | None, today: datetime.date) -> str:
    if current and profile.pk == current.pk:
        return "现行"
    return "未到生效日" if profile.effective > today else "已过"


def download(request: HttpRequest, key) -> HttpResponse:
    """A profile's own file, as it was loaded."""
    found = get_object_or_404(Profile, zone=request.user.zone_id, pk=key)
    response = HttpResponse(found.text, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="profile-{found.effective}-{found.version}.toml"'
    return response


def upload(request: HttpRequest) -> HttpResponse:
    """Checks a new file and shows what it would change; with ``confirm`` takes it."""
    if reason := may_change(request.user):
        return refused(request, f"局情配置{reason}")
    if request.method != "POST":
        return redirect("profile")
    zone = request.user.zone
    try:
        if request.POST.get("confirm"):
            text = request.POST.get("text", "").replace("\r\n", "\n")
        else:
            form = ProfileForm(request.POST, request.FILES)
            if not form.is_valid():
                return _faults(request, ["请先选择局情配置文件（TOML）。"])
            text = decode(form.cleaned_data["file"].read())
        effective, name, values = read_profile(text)
    except ProfileError as error:
        return _faults(request, error.faults)
    before = in_force(zone.id, effective)
    changed = differences(before.values if before else None, values)
    if request.POST.get("confirm"):
        with transaction.atomic():
            loaded = load_profile(zone, text)
            log(
                request.user,
                Change.Kind.PROFILE,
                str(loaded),
                f"载入第 {loaded.version} 版",
                before={
                    f"[{d.parameter.section}] {d.parameter.key}": d.before.value if d.before else None
                    for d in changed
                },
                after={f"[{d.parameter.section}] {d.parameter.key}": d.after.value for d in changed},
            )
        messages.success(request, f"已载入“{loaded}”。此前开始的事项仍按原配置办理（规程第43条）。")
        return redirect("profile-version", key=loaded.pk)
    return render(
        request,
        "bureau/profile_preview.html",
        {
            "name": name,
            "effective": effective,
            "text": text,
            "before": before,
            "past": effective <= localdate(),
            "effects": _effects(zone, before, values, changed),
            "same": before is not None and before.text == text,
            "differences": [
                (d, shown(d.before) if d.before else "（未设）", shown(d.after)) for d in changed
            ],
        },
    )


def _effects(
    zone: Zone, before: Profile | None, values: dict[str, Any], changed: list[Difference]
) -> list[Effect]:
    """What the change would make of the last records; nothing to compare with before the first profile."""
    sections = {
        each.parameter.section for each in changed if not each.before or each.before.value != each.after.value
    }
    if before is None or not sections:
        return []
    return effects(zone, Values(before.values), Values(values), sections)


def _faults(request: HttpRequest, faults: list[str]) -> HttpResponse:
    errors = [{"field": "id_file", "text": fault} for fault in faults]
    return render(
        request, "bureau/profile_upload.html", {"errors": errors, "form": ProfileForm()}, status=422
    )
