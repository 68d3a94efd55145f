"""Open duties follow their role: when another office takes it over, the tasks move there (art. 4, 8).

Without this a task would lie on the desk of an office that may no longer do it. Acts stay as they were.
"""

from django.db.models import Q

from jiheng.bureau.models import Organization, Zone
from jiheng.bureau.roles import EXPENDITURE, OUTSIDE_ROLES
from jiheng.bureau.standing import standing
from jiheng.procedure.models import Task


def rehome(zone: Zone) -> int:
    """Moves the zone's open tasks to whoever fills their roles now, and says how many moved."""
    offices = standing(zone).offices
    tasks = Task.objects.filter(zone=zone)
    moved = 0
    for key, (first, *_) in offices.items():
        owed = tasks.filter(role=key)
        if key == EXPENDITURE.key:
            owed = owed.filter(Q(case__department=None) | Q(case__department__charge=None))
        moved += owed.exclude(organization=first).update(organization=first)
    charged = Organization.objects.filter(zone=zone, kind=Organization.Kind.DEPARTMENT, charge__isnull=False)
    for department in charged:
        owed = tasks.filter(role=EXPENDITURE.key, case__department=department)
        moved += owed.exclude(organization=department.charge_id).update(organization=department.charge_id)
    unfilled = tasks.exclude(role__in=[*offices, EXPENDITURE.key, *(role.key for role in OUTSIDE_ROLES)])
    return moved + unfilled.filter(organization__isnull=False).update(organization=None)
